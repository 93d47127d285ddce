"""The child process of one handler: what AWS's runtime interface client is in Lambda.

Started as a script by truthkit.handlers, so it uses the standard library only and as little of it as it can:
a user's own module of the same name would find these already loaded. One JSON value a line on standard input
(the first line says what to load, every other line is a call), one JSON value a line on standard output.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

RESPONSE_LIMIT = 6_291_556  # bytes, Lambda's limit on a synchronous response
CHAIN_LIMIT = 3  # causes of an error that are told


class Protocol:
    """Our ends of the pipes, out of the handler's reach: its descriptors 0 and 1 lead elsewhere."""

    def __init__(self) -> None:
        self.requests = os.fdopen(os.dup(0), "rb")
        self._replies = os.fdopen(os.dup(1), "wb")
        self._lock = threading.Lock()
        self._open: str | None = None
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)

    def expect(self, request_id: str) -> None:
        with self._lock:
            self._open = request_id

    def reply(self, request_id: str, text: str) -> None:
        """Send the one reply of a call; whoever comes second (the handler or its time-out) is not heard."""
        with self._lock:
            if self._open != request_id:
                return
            self._open = None
            self._replies.write(text.encode() + b"\n")
            self._replies.flush()


class CognitoIdentity:
    cognito_identity_id = None
    cognito_identity_pool_id = None


class Context:
    """Lambda's context object."""

    def __init__(self, request_id: str, arn: str, deadline: float) -> None:
        self.aws_request_id = request_id
        self.invoked_function_arn = arn
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = CognitoIdentity()
        self.client_context = None
        self.tenant_id = None
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.monotonic()) * 1000))

    def log(self, message: object) -> None:
        sys.stdout.write(str(message))


class RequestIdFilter(logging.Filter):
    request_id = ""

    def filter(self, record: logging.LogRecord) -> bool:
        record.aws_request_id = self.request_id
        return True


def install_logging() -> RequestIdFilter:
    """A handler on the root logger, as Lambda has: ``logger.setLevel`` is enough, ``basicConfig`` does nothing."""
    stream = logging.StreamHandler()
    formatter = logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"
    )
    formatter.converter = time.gmtime
    stream.setFormatter(formatter)
    request_ids = RequestIdFilter()
    stream.addFilter(request_ids)
    logging.getLogger().addHandler(stream)
    return request_ids


class Explainer:
    """Turns exceptions into what the parent tells, with the frames that are the user's own."""

    def __init__(self, code_root: str) -> None:
        self.root = os.path.realpath(code_root)

    def _vendored(self) -> set[str]:
        """Top-level names in the code root that were installed there (a built function carries its packages)."""
        from pathlib import Path

        names: set[str] = set()
        for record in Path(self.root).glob("*.dist-info/RECORD"):
            names.update(line.split(",")[0].split("/")[0] for line in record.read_text("utf-8").splitlines())
        return names

    def _own_file(self, filename: str, vendored: set[str]) -> str | None:
        """The real path of a file that is the user's own, else None: ``<string>`` and the like are no files."""
        file = os.path.realpath(filename)
        inside = file.removeprefix(self.root + os.sep)
        foreign = inside == file or "-packages" + os.sep in inside or inside.partition(os.sep)[0] in vendored
        return None if foreign or not os.path.isfile(file) else file  # noqa: PTH113

    def frames(self, stack: Any) -> list[dict[str, Any]]:
        """The user's own frames of a ``traceback.StackSummary``, outermost first."""
        vendored = self._vendored()
        found = []
        for frame in stack:
            file = self._own_file(frame.filename, vendored)
            if file is not None:
                found.append({"file": file, "line": frame.lineno, "function": frame.name, "source": frame.line or ""})
        return found

    def error(self, error: BaseException) -> dict[str, Any]:
        """``type``, ``message``, ``frames``, ``detail``, ``causes`` (the same again) and the whole ``traceback``."""
        import traceback

        told = self._one(error)
        told["causes"] = []
        seen: BaseException = error
        while len(told["causes"]) < CHAIN_LIMIT:
            below = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
            if below is None:
                break
            told["causes"].append(self._one(below))
            seen = below
        # the frames above the handler's are this script's
        own = error.__traceback__
        while own is not None and own.tb_frame.f_code.co_filename == __file__:
            own = own.tb_next
        told["traceback"] = "".join(traceback.format_exception(type(error), error, own))
        return told

    def _one(self, error: BaseException) -> dict[str, Any]:
        import traceback

        frames = self.frames(traceback.extract_tb(error.__traceback__))
        if isinstance(error, SyntaxError) and error.filename and error.lineno:
            file = self._own_file(error.filename, self._vendored())
            if file is not None:
                frames.append(
                    {
                        "file": file,
                        "line": error.lineno,
                        "column": error.offset,
                        "function": "<module>",
                        "source": (error.text or "").rstrip("\n"),
                    }
                )
        message = error.msg if isinstance(error, SyntaxError) else str(error)
        told: dict[str, Any] = {"type": type(error).__name__, "message": message, "frames": frames}
        if isinstance(error, ImportError):
            told["detail"] = {"module": error.name}
        response = getattr(error, "response", None)  # botocore's ClientError
        if isinstance(response, dict) and isinstance(response.get("Error"), dict):
            told["detail"] = {str(key): str(value) for key, value in response["Error"].items()}
            told["detail"]["operation"] = str(getattr(error, "operation_name", ""))
        return told


def decimal_as_number(value: Any) -> Any:
    """Lambda's marshaller writes Decimals as numbers; anything else that JSON has not is refused."""
    if type(value).__name__ == "Decimal" and type(value).__module__ == "decimal" and value.is_finite():
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def find_unserialisable(value: Any, path: str = "", above: tuple[int, ...] = ()) -> tuple[str, str] | None:
    """Where a value cannot be JSON, and what is there; None if it can."""
    if isinstance(value, (str, int, bool)) or value is None:
        return None
    if isinstance(value, float):
        return None if value - value == 0 else (path, f"the number {value!r}, which JSON has not")
    if id(value) in above:
        return path, "a value that contains itself"
    above = (*above, id(value))
    if isinstance(value, dict):
        for key, below in value.items():
            if not isinstance(key, (str, int, float, bool)) and key is not None:
                return path, f"a key of type {type(key).__name__}"
            fault = find_unserialisable(below, f"{path}.{key}", above)
            if fault:
                return fault
        return None
    if isinstance(value, (list, tuple)):
        for index, below in enumerate(value):
            fault = find_unserialisable(below, f"{path}[{index}]", above)
            if fault:
                return fault
        return None
    try:
        decimal_as_number(value)
    except TypeError:
        return path, f"an object of type {type(value).__name__}"
    return None


def marshal(result: Any) -> str:
    """The result as one line of JSON (ASCII), in a reply; or the reply that says why it is none."""
    try:
        text = json.dumps(result, allow_nan=False, default=decimal_as_number)
    except (TypeError, ValueError, RecursionError) as error:
        try:
            path, what = find_unserialisable(result) or ("", str(error))
        except RecursionError:
            path, what = "", "a value that is nested too deeply"
        return json.dumps({"unserialisable": {"path": path, "what": what, "message": str(error)}})
    size = len(text)
    if size > RESPONSE_LIMIT:  # the ASCII form is never the shorter one, so only now count as Lambda does
        size = len(json.dumps(result, ensure_ascii=False, default=decimal_as_number).encode("utf-8", "surrogatepass"))
        if size > RESPONSE_LIMIT:
            return json.dumps({"too_large": size})
    return '{"result": ' + text + "}"


def load(setup: dict[str, Any]) -> Callable[[Any, Any], Any] | dict[str, Any]:
    """The handler's function, or the reply that says why there is none. An ImportError (or any other) goes up."""
    import importlib

    module = importlib.import_module(setup["module"])
    loaded = os.path.realpath(getattr(module, "__file__", None) or "")
    if loaded != os.path.realpath(setup["file"]):
        return {"shadowed": loaded or "a built-in module"}
    function = getattr(module, setup["function"], None)
    if not callable(function):
        functions = [
            [name, value.__code__.co_firstlineno]
            for name, value in vars(module).items()
            if callable(value) and hasattr(value, "__code__") and getattr(value, "__module__", "") == module.__name__
        ]
        return {"missing": functions}
    return function  # type: ignore[no-any-return]


class Child:
    def __init__(self, protocol: Protocol, setup: dict[str, Any]) -> None:
        self.protocol = protocol
        self.setup = setup
        self.explain = Explainer(setup["code_root"])
        self.main = threading.get_ident()
        self.function: Callable[[Any, Any], Any] | None = None
        self.request_ids = install_logging()

    def start(self) -> bool:
        sys.path[:0] = [self.setup["code_root"]]
        sys.path.extend(self.setup["more_path"])
        self.protocol.expect("start")
        try:
            loaded = load(self.setup)
        except BaseException as error:
            self.protocol.reply("start", json.dumps({"error": self.explain.error(error)}))
            return False
        if isinstance(loaded, dict):
            self.protocol.reply("start", json.dumps(loaded))
            return False
        self.function = loaded
        code = getattr(loaded, "__code__", None)
        self.protocol.reply("start", json.dumps({"line": code.co_firstlineno if code else None}))
        return True

    def _timed_out(self, request_id: str) -> None:
        import traceback

        frame = sys._current_frames().get(self.main)
        frames = self.explain.frames(traceback.extract_stack(frame)) if frame else []
        self.protocol.reply(request_id, json.dumps({"timeout": frames}))

    def call(self, request: dict[str, Any]) -> None:
        assert self.function is not None
        request_id = request["id"]
        seconds = self.setup["timeout"]
        self.request_ids.request_id = request_id
        self.protocol.expect(request_id)
        timer = threading.Timer(seconds, self._timed_out, (request_id,))
        timer.daemon = True
        timer.start()
        context = Context(request_id, self.setup["arn"], time.monotonic() + seconds)
        try:
            result = self.function(request["event"], context)
            if hasattr(result, "__await__"):
                if hasattr(result, "close"):
                    result.close()
                reply = '{"coroutine": true}'
            else:
                reply = marshal(result)
        except BaseException as error:
            reply = json.dumps({"error": self.explain.error(error)})
        finally:
            timer.cancel()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):  # the handler closed it
                stream.flush()
        self.protocol.reply(request_id, reply)


def end() -> None:
    """End with all that the handler started: we lead our own process group."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, 9)
    os._exit(0)


def main() -> None:
    protocol = Protocol()
    for name in sys.argv[1:]:  # modules to have ready before it is known what to load
        with contextlib.suppress(ImportError):
            __import__(name)
    child = Child(protocol, json.loads(protocol.requests.readline()))
    # A thread reads, so that the end of our parent (however it came) ends us also while the handler runs.
    arrived = threading.Semaphore(0)
    waiting: list[dict[str, Any]] = []

    def read() -> None:
        for line in protocol.requests:
            waiting.append(json.loads(line))
            arrived.release()
        end()

    threading.Thread(target=read, daemon=True).start()
    if not child.start():
        end()
    while True:
        arrived.acquire()
        child.call(waiting.pop(0))


if __name__ == "__main__":
    main()
