"""How a labeling job is going: its counters, and what its workers do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from truthkit.aws.arguments import check_job
from truthkit.aws.looking import Looking
from truthkit.aws_calls import client, told, without_secrets
from truthkit.findings import Finding
from truthkit.wording import counted

ENDED = frozenset(("Completed", "Failed", "Stopped"))
# Per worker and job; the names of the dimensions are those of dashboards in use, not of the documentation.
_NAMESPACE = "AWS/SageMaker/Workteam"
_COUNTED = ("TasksAccepted", "TasksSubmitted", "TasksDeclined", "TasksReturned")
_MOST_QUERIES = 500
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Activity:
    """What the workers did since the job began: tasks, over all of them."""

    workers: int
    accepted: int
    submitted: int
    declined: int
    returned: int


@dataclass(frozen=True, slots=True)
class JobStatus:
    """A labeling job. ``rate`` is labeled objects an hour since it began, ``hours_left`` what that leaves."""

    name: str
    status: str
    created: datetime
    changed: datetime
    labeled: int
    failed: int
    unlabeled: int
    rate: float | None
    hours_left: float | None
    failure_reason: str | None = None
    output: str | None = None
    activity: Activity | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    def line(self) -> str:
        """All of it in a line."""
        counted_yet = self.ended or self.labeled or self.failed or self.unlabeled
        counts = f"{self.labeled:,} labeled, {self.failed:,} failed, {self.unlabeled:,} left"
        parts = [f"{self.name}: {self.status}", counts if counted_yet else "not counted yet"]
        if self.rate is not None:
            parts.append(f"{self.rate:,.1f} an hour")
        if self.hours_left is not None:
            parts.append(f"about {self.hours_left:,.1f} hours left")
        if self.activity is not None:
            done = self.activity
            parts.append(
                f"{counted(done.workers, 'worker')}: {done.submitted:,} submitted, {done.declined:,} declined, "
                f"{done.returned:,} returned"
            )
        if self.failure_reason:
            parts.append(self.failure_reason)
        return "; ".join(parts)

    def to_json(self) -> dict[str, Any]:
        values = asdict(self) | {"created": self.created.isoformat(), "changed": self.changed.isoformat()}
        return values | {"findings": [finding.to_json() for finding in self.findings]}


def describe(job: str) -> dict[str, Any]:
    """What the service says of a job. Raises TruthkitError, UsageError for what cannot be the name of one."""
    check_job(job)
    with told(f"the job {job}"):
        found: dict[str, Any] = client("sagemaker").describe_labeling_job(LabelingJobName=job)
    found.pop("ResponseMetadata", None)
    return found


def job_status(job: str, *, activity: bool = True, now: datetime | None = None) -> JobStatus:
    """A job's status. Raises TruthkitError; that metrics may not be read is a warning among its findings."""
    found = describe(job)
    at = now or datetime.now(UTC)
    looking = Looking()
    done = _activity(looking, found, at) if activity else None
    return _status(found, at, done, tuple(looking.findings))


def job_list(now: datetime | None = None) -> Iterator[JobStatus]:
    """All jobs of the account and region, the newest first. Raises TruthkitError."""
    at, more = now or datetime.now(UTC), None
    with told("the jobs"):
        sagemaker = client("sagemaker")
    while True:
        with told("the jobs"):
            page = sagemaker.list_labeling_jobs(
                SortBy="CreationTime", SortOrder="Descending", MaxResults=100, **({"NextToken": more} if more else {})
            )
        for one in page["LabelingJobSummaryList"]:
            yield _status(one, at, None, ())
        more = page.get("NextToken")
        if not more:
            return


def _status(
    found: Mapping[str, Any], now: datetime, activity: Activity | None, findings: tuple[Finding, ...]
) -> JobStatus:
    counters, status = found["LabelCounters"], found["LabelingJobStatus"]
    labeled, left = counters.get("TotalLabeled", 0), counters.get("Unlabeled", 0)
    created, changed = found["CreationTime"], found["LastModifiedTime"]
    hours = ((changed if status in ENDED else now) - created).total_seconds() / _HOUR
    rate = round(labeled / hours, 1) if labeled and hours > 0 else None
    reason = found.get("FailureReason")
    return JobStatus(
        found["LabelingJobName"],
        status,
        created,
        changed,
        labeled,
        counters.get("FailedNonRetryableError", 0),
        left,
        rate,
        round(left / rate, 1) if rate and status not in ENDED else None,
        without_secrets(reason) if reason else None,
        found.get("LabelingJobOutput", {}).get("OutputDatasetS3Uri"),
        activity,
        findings,
    )


def _activity(looking: Looking, found: Mapping[str, Any], now: datetime) -> Activity | None:
    """What the metrics of the workers say; None where there are none, or they may not be read."""
    cloudwatch = client("cloudwatch")
    names = {found["LabelingJobName"].lower(), found["LabelingJobArn"].lower()}
    metrics: list[dict[str, Any]] = []
    more: dict[str, str] = {}
    while True:
        page = looking.ask(
            "the workers' metrics",
            cloudwatch.list_metrics,
            Namespace=_NAMESPACE,
            Dimensions=[{"Name": "LabelingJob"}],
            **more,
        )
        if page is None:
            return None
        metrics += [
            one
            for one in page["Metrics"]
            if one["MetricName"] in _COUNTED
            and any(each["Name"] == "LabelingJob" and each["Value"].lower() in names for each in one["Dimensions"])
        ]
        if not page.get("NextToken"):
            break
        more = {"NextToken": page["NextToken"]}
    if not metrics:
        return None
    sums = dict.fromkeys(_COUNTED, 0.0)
    for start in range(0, len(metrics), _MOST_QUERIES):
        queries = [
            {"Id": f"m{number}", "MetricStat": {"Metric": metric, "Period": _HOUR, "Stat": "Sum"}}
            for number, metric in enumerate(metrics[start : start + _MOST_QUERIES])
        ]
        with told("the workers' metrics"):
            pages = cloudwatch.get_paginator("get_metric_data").paginate(
                MetricDataQueries=queries, StartTime=found["CreationTime"], EndTime=now
            )
            for page in pages:
                for one in page["MetricDataResults"]:
                    sums[metrics[start + int(one["Id"][1:])]["MetricName"]] += sum(one["Values"])
    workers = {each["Value"] for one in metrics for each in one["Dimensions"] if each["Name"] == "WorkerId"}
    counts = (round(sums[name]) for name in _COUNTED)
    return Activity(len(workers), *counts)
