"""Lambda handlers, each in a long-lived child process, with Lambda's environment, context and limits.

A child of its own, because two functions may both be called ``lambda_function.py``, because a time-out must be
able to kill, and because a handler must see neither our modules nor the user's credentials.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import platform
import signal
import site
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import IO, Any

from truthkit.aws_names import ACCESS_KEY, ACCOUNT, REGION, SECRET_KEY
from truthkit.findings import Finding, TruthkitError, excerpt
from truthkit.project import HandlerRef
from truthkit.sam_variables import SamVariables, sam_variables
from truthkit_core.messages import LAMBDA_PAYLOAD_BYTES

MEMORY_MB = 512  # told to the handler; not enforced
IMPORT_SECONDS = 60.0
SAME_FRAMES = 3  # of one that follows itself
OUTPUT_LINES = 20  # of what the handler printed, kept on an error
CHILD = Path(__file__).with_name("_handler_child.py")
_CORE = "truthkit_core"
_CORE_ERRORS = ("ContractError", "StorageError")  # which tell of what a handler was given or gave

# Keys of the service's messages, for those who misspell one.
_CONTRACT_KEYS = (
    "annotationData", "annotations", "consolidatedAnnotation", "content", "dataObject", "datasetObjectId",
    "humanAnnotationRequired", "isHumanAnnotationRequired", "labelAttributeName", "labelCategories",
    "labelingJobArn", "outputConfig", "payload", "roleArn", "s3Uri", "source", "source-ref", "taskInput", "workerId",
)  # fmt: skip


class HandlerError(TruthkitError):
    """A handler failed, as it would in Lambda. Carries one finding.

    ``error_type`` is the exception's name or Lambda's own (``Runtime.ImportModuleError``, ``Sandbox.Timedout``, …);
    ``traceback`` is the whole traceback, ``output`` the last lines that the handler printed in this call.
    """

    def __init__(self, finding: Finding, *, error_type: str, traceback: str = "", output: str = "") -> None:
        super().__init__(finding)
        self.error_type = error_type
        self.traceback = traceback
        self.output = output


class Handler:
    """One handler; its process starts at the first use and again after it died.

    ``environment`` is added to Lambda's variables, and to those that ``template.yaml`` gives the function (and replaces
    them); ``timeout`` is in seconds a call.
    Thread-safe: calls wait for one another. Not for async handlers, as Lambda's Python runtime is not.
    """

    def __init__(
        self, ref: HandlerRef, *, environment: Mapping[str, str], timeout: float, log_file: Path | None = None
    ) -> None:
        self.ref = ref
        self.timeout = timeout
        self.log_file = log_file
        self.name = f"truthkit-{ref.module.replace('.', '-')}"[:64]
        self.arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.name}"
        self._sam = sam_variables(ref.file, ref.function)
        self._environment = {**_lambda_environment(ref, self.name), **self._sam.values, **environment}
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self._line: int | None = None
        self._closed = False
        self.printed = ""
        """The last lines that the last call printed."""

    def start(self) -> None:
        """Start the process and import the handler now. Raises HandlerError if it cannot be imported."""
        with self._lock:
            self._started()

    def invoke(self, event: Any, *, about: str = "") -> Any:
        """Call the handler with ``event`` and return its result, both as JSON makes them.

        ``about`` names the call in the log (a data object's id). Blocks; raises HandlerError.
        """
        try:
            text = json.dumps(event, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise self._error(
                "handler-event",
                "Runtime.UnmarshalError",
                f"the event cannot be JSON: {error}",
                "NaN and Infinity are no JSON; use null or a string",
            ) from None
        size = len(text)
        if size > LAMBDA_PAYLOAD_BYTES:
            size = len(json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        if size > LAMBDA_PAYLOAD_BYTES:
            raise self._error(
                "handler-size",
                "RequestTooLargeException",
                f"the event has {size:,} bytes; Lambda takes {LAMBDA_PAYLOAD_BYTES:,} at most",
                "put what is large into S3 and hand on its URI",
            )
        request_id = str(uuid.uuid4())
        with self._lock:
            process = self._started()
            mark = self._write_log(f"START RequestId: {request_id} {_now()}{about and ' ' + about}\n")
            began = time.monotonic()
            try:
                reply = self._ask(process, f'{{"id":"{request_id}","event":{text}}}\n', self.timeout)
                output = self.printed = self._output(mark)
                try:
                    return self._result(reply, output)
                except HandlerError as error:
                    self._write_log(f"[ERROR] {error.traceback or error.findings[0].message}\n")
                    raise
            finally:
                took = (time.monotonic() - began) * 1000
                self._write_log(f"END RequestId: {request_id} {took:.1f} ms\n")

    def close(self) -> None:
        """End the process, also while it is in a call (which then fails)."""
        self._closed = True
        self._kill()
        with self._lock:
            self._forget()
            if self._log:
                self._log.close()
                self._log = None

    # the process

    def _started(self) -> subprocess.Popen[bytes]:
        if self._closed:
            raise RuntimeError(f"the handler {self.ref} is closed")
        if self._process is not None:
            if self._process.poll() is None:
                return self._process
            self._forget()
        mark = self._open_log()
        assert self._log is not None
        self._process = process = self._spawn(self._log)
        if self._closed:  # meanwhile: whoever closed it did not see the process yet
            self._kill()
            self._forget()
            raise RuntimeError(f"the handler {self.ref} is closed")
        setup = {
            "code_root": str(self.ref.code_root),
            "module": self.ref.module,
            "function": self.ref.function,
            "file": str(self.ref.file),
            "arn": self.arn,
            "timeout": self.timeout,
            # where `pip install --user` put boto3, which -I hides
            "more_path": [path for path in sys.path if site.ENABLE_USER_SITE and path == site.getusersitepackages()],
        }
        reply = self._ask(process, json.dumps(setup) + "\n", IMPORT_SECONDS)
        if "line" not in reply:
            self._kill()
            self._forget()
            error = self._start_error(reply, self._output(mark))
            self._write_log(f"[ERROR] {error.traceback or error.findings[0].message}\n")
            raise error
        self._line = reply["line"]
        return process

    def _spawn(self, log: IO[bytes], *ahead: str) -> subprocess.Popen[bytes]:
        """A process that waits to be told what to load; modules ``ahead`` are loaded meanwhile."""
        # -I: no PYTHON* variables, no user packages; -u: prints are in order; -B: nothing is written beside the code
        return subprocess.Popen(
            [sys.executable, "-I", "-u", "-B", "-X", "utf8", str(CHILD), *ahead],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=self.ref.code_root,
            env=self._environment,
            start_new_session=True,
        )

    def _ask(self, process: subprocess.Popen[bytes], line: str, seconds: float) -> dict[str, Any]:
        """One line there, one line back; ``{"timeout": …}`` or ``{"exit": status}`` where none came."""
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Event()

        def kill() -> None:
            late.set()
            self._kill()

        # The child tells of its own time-out, with the line it is at; this is for one that cannot.
        timer = threading.Timer(seconds + 1.0, kill)
        timer.daemon = True
        timer.start()
        try:
            process.stdin.write(line.encode())
            process.stdin.flush()
            answer = process.stdout.readline()
        except (BrokenPipeError, ValueError):
            answer = b""
        finally:
            timer.cancel()
        if answer.endswith(b"\n"):
            reply: dict[str, Any] = json.loads(answer)
        elif late.is_set():
            reply = {"timeout": []}
        else:
            self._kill()
            reply = {"exit": process.wait()}
        if "timeout" in reply or "exit" in reply:
            self._kill()
            self._forget()
        return reply

    def _kill(self) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            try:
                os.killpg(process.pid, signal.SIGKILL)  # it leads a group of its own, with all that it started
            except ProcessLookupError:
                pass
            except PermissionError:  # macOS, for a group of zombies only
                process.kill()

    def _forget(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                assert pipe is not None
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    # the log

    def _open_log(self) -> int:
        """Open the log if it is not; where it ends."""
        if self._log is None:
            if self.log_file is None:
                self._log = tempfile.TemporaryFile("ab+", buffering=0)  # noqa: SIM115
                fcntl.fcntl(self._log, fcntl.F_SETFL, os.O_APPEND)  # which its mode alone does not set
            else:
                self.log_file.parent.mkdir(parents=True, exist_ok=True)
                self._log = self.log_file.open("ab+", buffering=0)
        return self._write_log("")

    def _write_log(self, text: str) -> int:
        """Append to the log; where it ends then."""
        if self._log is None:
            return 0
        if self.log_file is None and text.startswith("START "):
            self._log.truncate(0)
        self._log.write(text.encode("utf-8", "replace"))
        return self._log.seek(0, os.SEEK_END)

    def _output(self, mark: int) -> str:
        """The last lines printed since ``mark``."""
        if self._log is None:
            return ""
        end = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(mark, end - 16_384))
        return "\n".join(self._log.read().decode("utf-8", "replace").splitlines()[-OUTPUT_LINES:])

    # results and errors

    def _result(self, reply: dict[str, Any], output: str) -> Any:
        if "result" in reply:
            return reply["result"]
        if "error" in reply:
            error = reply["error"]
            raise self._exception("handler-error", error["type"], error, output)
        if "timeout" in reply:
            raise self._error(
                "handler-timeout",
                "Sandbox.Timedout",
                f"Task timed out after {self.timeout:.2f} seconds",
                "do less in one call, or give it more time: pre_timeout_seconds, post_timeout_seconds in workflow.toml",
                frames=reply["timeout"],
                output=output,
            )
        if "exit" in reply:
            raise self._exit(reply["exit"], output)
        if "unserialisable" in reply:
            fault = reply["unserialisable"]
            raise self._error(
                "handler-result",
                "Runtime.MarshalError",
                f"Unable to marshal response: {'result' + fault['path']} is {fault['what']}",
                "return what JSON has: objects, lists, strings, finite numbers, true, false, null",
                output=output,
            )
        if "too_large" in reply:
            raise self._error(
                "handler-size",
                "Function.ResponseSizeTooLarge",
                f"the response has {reply['too_large']:,} bytes; Lambda allows {LAMBDA_PAYLOAD_BYTES:,}",
                "write what is large to S3 and return its URI",
                output=output,
            )
        raise self._error(
            "handler-result",
            "Runtime.MarshalError",
            "Unable to marshal response: the handler is async and returned a coroutine",
            "make it a plain function: Lambda's Python runtime awaits nothing (asyncio.run(...) inside of it works)",
            output=output,
        )

    def _start_error(self, reply: dict[str, Any], output: str) -> HandlerError:
        module, function = self.ref.module, self.ref.function
        if "error" in reply:
            error = reply["error"]
            named = error.get("detail", {}).get("module")
            if named is not None and not self.ref.file.is_file():
                return self._error(
                    "handler-import",
                    "Runtime.ImportModuleError",
                    f"the handler's file {self.ref.file} does not exist",
                    "look at the path, or leave the handler out",
                    output=output,
                )
            name = {"SyntaxError": "Runtime.UserCodeSyntaxError"}.get(error["type"])
            if error["type"] in ("ImportError", "ModuleNotFoundError"):
                name = "Runtime.ImportModuleError"
            return self._exception("handler-import", name or error["type"], error, output, f"cannot import {module}: ")
        if "missing" in reply:
            found = reply["missing"]
            near = get_close_matches(function, [name for name, _ in found], 1)
            there = ", ".join(f"{name} (line {line})" for name, line in found) or "none"
            return self._error(
                "handler-missing",
                "Runtime.HandlerNotFound",
                f"Handler '{function}' missing on module '{module}'",
                f"{'did you mean ' + near[0] + '? ' if near else ''}functions there: {there}",
                output=output,
            )
        if "shadowed" in reply:
            return self._error(
                "handler-import",
                "Runtime.ImportModuleError",
                f"the name {module} is taken by {reply['shadowed']}, which Python loads first",
                "rename the handler's file",
                output=output,
            )
        if "timeout" in reply:
            return self._error(
                "handler-import",
                "Sandbox.Timedout",
                f"importing {module} took longer than {IMPORT_SECONDS:.0f} seconds",
                "move slow work from the module's top level into the handler",
                output=output,
            )
        return self._exit(reply["exit"], output)

    def _exit(self, status: int, output: str) -> HandlerError:
        how = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        return self._error(
            "handler-exit",
            "Runtime.ExitError",
            f"Runtime exited ({how}) without a response",
            "raise an error instead of ending the process; a crash is one of a compiled module or of memory",
            output=output,
        )

    def _exception(
        self, code: str, error_type: str, error: dict[str, Any], output: str, lead: str = ""
    ) -> HandlerError:
        shown = f"{error['type']}: {error['message']}" if error["message"] else error["type"]
        return self._error(
            code,
            error_type,
            lead + shown,
            _cure(error, self.ref, self._sam),
            frames=error["frames"],
            at=self._fault_frame(error),
            causes=error["causes"],
            traceback=error["traceback"],
            output=output,
        )

    def _fault_frame(self, error: dict[str, Any]) -> dict[str, Any] | None:
        """The frame to mend: the innermost, but the workflow's own where the core refuses what it was given."""
        frames: list[dict[str, Any]] = error["frames"]
        if error["type"] in _CORE_ERRORS:
            core = self.ref.code_root.resolve() / _CORE
            own = [frame for frame in frames if not Path(frame["file"]).is_relative_to(core)]
            frames = own or frames
        return frames[-1] if frames else None

    def _error(
        self,
        code: str,
        error_type: str,
        message: str,
        cure: str,
        *,
        frames: list[dict[str, Any]] | None = None,
        at: dict[str, Any] | None = None,
        causes: list[dict[str, Any]] | None = None,
        traceback: str = "",
        output: str = "",
    ) -> HandlerError:
        frames = frames or []
        place: dict[str, Any] = at or (frames[-1] if frames else {"file": str(self.ref.file), "line": self._line})
        shown = _show_frames(frames)
        for cause in causes or ():
            shown += [f"  caused by {cause['type']}: {cause['message']}", *_show_frames(cause["frames"])]
        finding = Finding(
            code,
            message,
            cure,
            file=place["file"],
            line=place["line"],
            column=place.get("column"),
            excerpt="\n".join(shown),
        )
        return HandlerError(finding, error_type=error_type, traceback=traceback, output=output)


def _lambda_environment(ref: HandlerRef, name: str) -> dict[str, str]:
    """Lambda's variables, dummy credentials, and of our own environment only what a process needs to run."""
    kept = ("PATH", "LD_LIBRARY_PATH", "TMPDIR")
    return {
        **{key: os.environ[key] for key in kept if key in os.environ},
        "HOME": tempfile.gettempdir(),
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "_HANDLER": f"{ref.module}.{ref.function}",
        "LAMBDA_TASK_ROOT": str(ref.code_root),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{'.'.join(platform.python_version_tuple()[:2])}",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(MEMORY_MB),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{uuid.uuid4().hex}",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "BOTO_CONFIG": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"


def _show_frames(frames: list[dict[str, Any]]) -> list[str]:
    """The frames as lines; of a function that calls itself again and again the first three."""
    shown: list[str] = []
    again, hidden = 0, 0
    before: dict[str, Any] | None = None
    for frame in [*frames, None]:
        again = again + 1 if frame is not None and frame == before else 0
        if again < SAME_FRAMES and hidden:
            shown.append(f"  … {hidden:,} more times")
            hidden = 0
        if again >= SAME_FRAMES:
            hidden += 1
        elif frame is not None:
            shown.append(f'  File "{frame["file"]}", line {frame["line"]}, in {frame["function"]}')
            if frame["source"]:
                shown.append(excerpt(frame["source"], frame.get("column")))
        before = frame
    return shown


def _cure(error: dict[str, Any], ref: HandlerRef, sam: SamVariables) -> str:
    """What to do about a mistake that many make; empty for an error that is the user's own."""
    kind, message, detail = error["type"], error["message"], error.get("detail", {})
    if kind == "KeyError" and error["frames"] and "environ" in error["frames"][-1]["source"]:
        return _cure_variable(message.strip("'\""), sam)
    if kind == "KeyError":
        return _cure_key(message.strip("'\""))
    if kind in ("ModuleNotFoundError", "ImportError"):
        top = str(detail.get("module") or "").split(".")[0]
        if kind == "ModuleNotFoundError" and top:
            return (
                f"put {top} into {ref.code_root} (which is what is deployed), or install it for {sys.executable} "
                "if a layer brings it"
            )
    if kind == "TypeError" and message.startswith("the JSON object must be str"):
        return "it is parsed already (the event and its dataObject are objects): leave json.loads out"
    if kind == "TypeError" and message.startswith("string indices must be integers"):
        return "this is text, perhaps JSON text: annotationData.content must go through json.loads"
    if kind == "TypeError" and f"{ref.function}() takes" in message:
        return f"a handler is a function of two arguments: def {ref.function}(event, context)"
    if kind == "SystemExit":
        return "return a value or raise an error; sys.exit() ends a Lambda with Runtime.ExitError"
    if kind == "MemoryError":
        return "keep less at a time, or give the function more memory: MemorySize in template.yaml"
    if kind in ("NoCredentialsError", "PartialCredentialsError", "ProfileNotFound"):
        return (
            "use the credentials that the environment gives (boto3.client('s3') finds them): Lambda has no profiles, "
            "and the harness gives dummy ones in AWS_ACCESS_KEY_ID"
        )
    if kind == "NoRegionError":
        return "keep AWS_REGION and AWS_DEFAULT_REGION, which Lambda sets"
    if kind in ("EndpointConnectionError", "ConnectTimeoutError", "ConnectionClosedError", "ConnectionError"):
        return "handlers reach S3 and STS of the harness by AWS_ENDPOINT_URL; do not set endpoint_url in code"
    return _cure_s3(kind, message, detail)


def _cure_variable(name: str, sam: SamVariables) -> str:
    trial = f"os.environ.get({name!r}, …) with what holds for a trial"
    if name in sam.unknown:
        return f"{sam.file}, line {sam.unknown[name]}, gives a value that is known after deployment only: {trial}"
    return f"write it in template.yaml, under Environment: Variables: of the function; or {trial}"


def _cure_key(key: str) -> str:
    if key == "labelCategories":
        return "a job without a category file sends none: event.get('labelCategories')"
    if key in ("content", "s3Uri"):
        return "a large answer is kept in S3: annotationData has either content (JSON text) or s3Uri; as has dataObject"
    by_lower = {name.lower(): name for name in _CONTRACT_KEYS}
    right = by_lower.get(key.lower().replace("_", ""))
    if right and right != key:
        return f"the key is {right}"
    if key in ("source", "source-ref"):
        return (
            f"this data object has no {key}: a manifest line has source or source-ref; "
            "in a consolidation request dataObject has content or s3Uri"
        )
    if right:
        return f"{key} is not at this level of the event, or not in every event; look at the message in docs"
    near = get_close_matches(key, _CONTRACT_KEYS, 1, 0.8)
    return f"the service's key is {near[0]}" if near else ""


def _cure_s3(kind: str, message: str, detail: dict[str, str]) -> str:
    code = detail.get("Code", kind)
    if code in ("NoSuchKey", "NoSuchBucket", "404"):
        what = detail.get("Key") or detail.get("BucketName")
        return (
            f"{what + ' is not among the objects: ' if what else ''}"
            "map the folder that has it with --objects s3://BUCKET/PREFIX=DIR, "
            "or read what exists only in AWS with --s3 aws"
        )
    if code in ("AccessDenied", "403"):
        return "unsigned requests fail, as in life: read by boto3 with its default credentials, or by a presigned URL"
    if "has not been implemented" in message or code in ("NotImplemented", "501"):
        return "the harness has S3 and STS only; other services of AWS need a stand-in of your own"
    return ""
