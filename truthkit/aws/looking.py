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
    # By operation that is refused: the place of its one warning, and what could not be looked at.
    _refused: dict[str, tuple[int, list[str]]] = field(default_factory=dict)

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
                    self._tell_refused(about, error.operation_name)
                    return None
                if code not in MISSING:
                    raise
                if missing is not None:
                    self.findings.append(missing)
                return None

    def _tell_refused(self, about: str, operation: str) -> None:
        """One warning an operation, however much it was asked for."""
        place, asked = self._refused.setdefault(operation, (len(self.findings), []))
        if about not in asked:
            asked.append(about)
        kinds: dict[str, list[str]] = {}
        for one in asked:
            kind, _, name = one.rpartition(" ")
            kinds.setdefault(kind, []).append(name)
        listed = "; ".join(f"{kind} {', '.join(names)}".strip() for kind, names in kinds.items())
        message = without_secrets(f"{listed}: could not be looked at ({operation} is refused)")
        cure = f"look yourself, or ask for the right to {operation}"
        self.findings[place : place + 1] = [Finding("launch-unknown", message, cure, severity="warning")]
