"""Looking at what is in the account: what is missing is an error, what may not be looked at a warning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from truthkit.aws_calls import told, without_secrets
from truthkit.findings import Finding

REFUSED = frozenset(("AccessDenied", "AccessDeniedException", "403", "AuthorizationError", "UnauthorizedOperation"))
MISSING = frozenset(
    ("404", "NotFound", "NoSuchBucket", "NoSuchKey", "NoSuchEntity", "ResourceNotFound", "ResourceNotFoundException")
) | frozenset(("ValidationException", "ValidationError"))


@dataclass(slots=True)
class Looking:
    """Requests that only read, and what they have found."""

    findings: list[Finding] = field(default_factory=list)

    def ask(self, about: str, call: Callable[..., Any], missing: Finding | None = None, /, **parameters: Any) -> Any:
        """What a request gives; None where it is refused (a warning) or there is nothing (``missing``).

        Raises TruthkitError for everything else: expired credentials, throttling, no network.
        """
        from botocore.exceptions import ClientError

        with told(about):
            try:
                return call(**parameters)
            except ClientError as error:
                code = str(error.response.get("Error", {}).get("Code", ""))
                if code in REFUSED:
                    self.findings.append(
                        Finding(
                            "launch-unknown",
                            without_secrets(f"{about}: could not be looked at ({error.operation_name} is refused)"),
                            f"look yourself, or ask for the right to {error.operation_name}",
                            severity="warning",
                        )
                    )
                    return None
                if code not in MISSING:
                    raise
                if missing is not None:
                    self.findings.append(missing)
                return None
