"""The command that makes labeling jobs on the service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from truthkit.cli.application import app, examples
from truthkit.cli.options import JsonOption, LabelAttributeOption, ProjectOption
from truthkit.cli.terminal import out, print_findings, print_json
from truthkit.findings import UsageError
from truthkit.wording import counted

if TYPE_CHECKING:
    from truthkit.aws.launching import Prepared
    from truthkit.aws.request import Launch


@app.command(
    "launch",
    epilog=examples(
        "truthkit launch text-entities --manifest s3://my-bucket/in.manifest --workteam ARN --stack labeling --dry-run",
        "truthkit launch text-entities --manifest s3://my-bucket/in.manifest --workteam ARN --stack labeling",
        "truthkit launch text-entities --chain text-entities-1f0c2a9b --workteam ARN --stack labeling",
        "truthkit launch boxes --chain boxes-5d2e8a10 --adjust boxes --workteam ARN --stack labeling",
        "truthkit launch tone --sns-input ARN --sns-output ARN --workteam ARN --stack labeling",
    ),
)
def launch_command(
    workflow: Annotated[str, typer.Argument(help="A workflow of this project, or of the kit (truthkit list).")],
    manifest: Annotated[
        str | None, typer.Option("--manifest", metavar="s3://…", help="The input manifest, in S3.")
    ] = None,
    workteam: Annotated[
        str, typer.Option("--workteam", metavar="ARN", help="Who labels: a private team, or a vendor's.")
    ] = "",
    stack: Annotated[
        str | None,
        typer.Option("--stack", metavar="NAME", help="Take role, buckets, functions and key of a deployed stack."),
    ] = None,
    role: Annotated[str | None, typer.Option("--role", metavar="ARN", help="The role the job runs under.")] = None,
    output: Annotated[
        str | None, typer.Option("--output", metavar="s3://…", help="Where the job writes, in a folder of its name.")
    ] = None,
    bucket: Annotated[
        str | None,
        typer.Option("--bucket", metavar="NAME", help="Takes the template (default: the stack's, the manifest's)."),
    ] = None,
    pre_lambda: Annotated[
        str | None, typer.Option("--pre-lambda", metavar="ARN", help="The pre-annotation function.")
    ] = None,
    post_lambda: Annotated[
        str | None, typer.Option("--post-lambda", metavar="ARN", help="The post-annotation function.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="The job's name (default: follows from its content).")
    ] = None,
    label_attribute: LabelAttributeOption = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", help="Workers for each object (default: workflow.toml's).")
    ] = None,
    chain: Annotated[
        str | None,
        typer.Option("--chain", metavar="JOB", help="Take the output of an ended job: what it left is labeled."),
    ] = None,
    verify: Annotated[
        str | None, typer.Option("--verify", metavar="LABEL", help="Workers judge labels that the lines have.")
    ] = None,
    adjust: Annotated[
        str | None, typer.Option("--adjust", metavar="LABEL", help="Workers mend labels that the lines have.")
    ] = None,
    sns_input: Annotated[
        str | None, typer.Option("--sns-input", metavar="ARN", help="Streaming: the topic that objects come from.")
    ] = None,
    sns_output: Annotated[
        str | None, typer.Option("--sns-output", metavar="ARN", help="The topic that is told each label.")
    ] = None,
    assets: Annotated[
        str | None,
        typer.Option("--assets", metavar="https://…", help="Load bundles from there (default: inside the template)."),
    ] = None,
    price: Annotated[
        str | None,
        typer.Option("--price", metavar="USD|USD/h", help="What workers get for an answer (0.036) or an hour (12/h)."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Look at everything and show the request; change nothing.")
    ] = False,
    force: Annotated[
        str | None, typer.Option("--force", metavar="REASON", help="Launch in spite of errors; the reason is a tag.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Replace an upload that was changed.")] = False,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a labeling job on the service, after a preflight.

    What fails jobs most is looked at first. Run again with the same content it finds the job.
    """
    from truthkit.aws.launching import launch, prepare
    from truthkit.planning import Price

    cost = Price.parse(price) if price is not None else None
    plan = _plan(
        workflow, manifest, workteam, stack, role, output, bucket, pre_lambda, post_lambda, name, label_attribute,
        workers, chain, verify, adjust, sns_input, sns_output, assets, force, project,
    )  # fmt: skip
    ready = prepare(plan, reason=force)
    about = ready.to_json() | {"cost_at_most": _cost(ready, cost), "made": False}
    if dry_run:
        if as_json:
            print_json(about)
        else:
            _tell(ready, cost)
            if ready.status is not None:
                out.print(escape(f"there already: {ready.name} ({ready.status}); nothing would be made"))
            for one in ready.uploads:
                out.print(escape(f"would upload {one.uri} ({len(one.content):,} bytes)"))
            out.print("would make the job, as the AWS CLI does once the files are there with:")
            out.print(escape(ready.command(indent=2)))
        print_findings(ready.findings)
        if any(finding.severity == "error" for finding in ready.findings) and force is None:
            raise typer.Exit(1)
        return
    uploaded: list[str] = []
    done = launch(plan, ready, reason=force, yes=yes, on_upload=uploaded.append)
    made = ready.status is None
    if as_json:
        print_json(done.to_json() | {"cost_at_most": _cost(ready, cost), "made": made, "uploaded": uploaded})
        print_findings(ready.findings)
        return
    print_findings(ready.findings)
    _tell(ready, cost)
    for uri in uploaded:
        out.print(escape(f"uploaded {uri}"))
    if made:
        out.print(escape(f"made: {done.name} ({done.status}); truthkit status {done.name} --watch"))
    else:
        out.print(escape(f"there already: {done.name} ({done.status}); nothing was made"))
        if done.status in ("Failed", "Stopped"):
            out.print(escape(f"to run it again: --name {done.name[:60]}-2, or --chain {done.name} for what it left"))


def _plan(
    workflow: str,
    manifest: str | None,
    workteam: str,
    stack: str | None,
    role: str | None,
    output: str | None,
    bucket: str | None,
    pre: str | None,
    post: str | None,
    name: str | None,
    label_attribute: str | None,
    workers: int | None,
    chain: str | None,
    verify: str | None,
    adjust: str | None,
    sns_input: str | None,
    sns_output: str | None,
    assets: str | None,
    force: str | None,
    project: Path | None,
) -> Launch:
    """What is to be launched: what is said goes before what the stack tells.

    Raises UsageError for what is missing or wrong, before AWS is asked wherever it can be known.
    """
    from truthkit.aws.arguments import check_arguments
    from truthkit.aws.launching import chained, handlers_given
    from truthkit.aws.request import Launch
    from truthkit.aws.stack import Stack, read_stack
    from truthkit.project import Project

    found = Project.find(project).workflow(workflow)
    found.config()
    if not workteam:
        raise UsageError("nobody is to label", "give --workteam ARN (aws sagemaker list-workteams)")
    if chain is not None and manifest is not None:
        raise UsageError("--chain brings a manifest of its own", "leave out --manifest or --chain")
    if verify is not None and adjust is not None:
        raise UsageError("a job verifies or adjusts, not both", "leave out --verify or --adjust")
    if manifest is None and chain is None and sns_input is None:
        raise UsageError("there is nothing to label", "give --manifest s3://…, --chain JOB or --sns-input ARN")
    checked = verify if verify is not None else adjust
    if checked and label_attribute is None:
        label_attribute = f"{checked}-{'verified' if verify else 'adjusted'}"
    if checked and label_attribute == checked:
        raise UsageError(f"the labels {checked!r} would be written over", "give another --label-attribute")
    given = {
        "--manifest": manifest, "--workteam": workteam, "--stack": stack, "--role": role, "--output": output,
        "--bucket": bucket, "--pre-lambda": pre, "--post-lambda": post, "--name": name, "--chain": chain,
        "--label-attribute": label_attribute, "--verify": verify, "--adjust": adjust, "--sns-input": sns_input,
        "--sns-output": sns_output, "--assets": assets, "--force": force,
    }  # fmt: skip
    check_arguments(given, workers)
    deployed = read_stack(stack, found.name) if stack is not None else Stack("")
    if chain is not None:
        manifest, before = chained(chain)
        label_attribute = label_attribute or before
    role = role or deployed.role
    output = output or (f"s3://{deployed.output_bucket}/" if deployed.output_bucket else None)
    bucket = (
        bucket or deployed.input_bucket or (manifest.split("/")[2] if manifest and manifest.count("/") > 2 else None)
    )
    for value, option in ((role, "--role ARN"), (output, "--output s3://…"), (bucket, "--bucket NAME")):
        if value is None:
            raise UsageError(f"{option.split()[0]} is missing", f"give {option}, or --stack NAME, which knows it")
    assert role is not None
    assert output is not None
    assert bucket is not None
    pre, post = pre or deployed.pre, post or deployed.post
    handlers_given(found, pre, post)
    if assets is not None and deployed.asset_url is not None and not assets.startswith(deployed.asset_url):
        deployed = Stack("")  # another place than the stack's: who serves it has brought the bundles there
    return Launch(
        found, workteam, role, output, bucket.removeprefix("s3://").rstrip("/"), manifest, pre, post, name,
        label_attribute, deployed.kms_key, sns_input, sns_output, chain, checked, assets, deployed.asset_bucket,
        workers,
    )  # fmt: skip


def _cost(ready: Prepared, price: Any) -> float | None:
    if ready.estimate is None or price is None:
        return None
    return round(float(price.of(ready.estimate.answers, ready.estimate.hours * 3600)), 2)


def _tell(ready: Prepared, price: Any) -> None:
    estimate = ready.estimate
    if estimate is None:
        out.print("streaming: how many objects will come is not known")
        _tell_preflight(ready)
        return
    text = f"{counted(estimate.objects, 'object')} × {counted(estimate.workers, 'worker')}"
    text += f" = {counted(estimate.answers, 'answer')}"
    text += f", at most {estimate.hours:,.1f} hours of work"
    cost = _cost(ready, price)
    if cost is not None:
        text += f", {'at most ' if price.hourly else ''}{cost:,.2f} USD to the workers"
    out.print(escape(text))
    if cost is not None:
        out.print("what the service charges for each labeled object, S3 and Lambda are not in it (see its price list)")
    _tell_preflight(ready)


def _tell_preflight(ready: Prepared) -> None:
    """That all is well; what is not is told as findings, and a job that is there already is not looked at."""
    if ready.status is None and not ready.findings:
        out.print(f"preflight: nothing wrong with {', '.join(ready.looked_at)}")
