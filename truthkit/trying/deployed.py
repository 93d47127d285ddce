"""A handler as it is deployed: the artefact under AWS's runtime interface client, with Lambda's limits.

The process sees the artefact, its layer, boto3 and the client: no checkout, no other package that is installed here.
Linux only, as the client is.
"""

from __future__ import annotations

import http.server
import json
import os
import queue
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from truthkit.aws import sam
from truthkit.findings import TruthkitError, UsageError
from truthkit.handlers import IMPORT_SECONDS, MEMORY_MB, Handler
from truthkit.lint.python import return_line
from truthkit.project import HandlerRef, Project, kit_root
from truthkit.trying.targets import Target
from truthkit_core.messages import LAMBDA_PAYLOAD_BYTES
from truthkit_core.messages.checks import ContractError, loads

CLIENT = "awslambdaric"
# What Lambda's Python has besides the standard library; with what these need.
_PROVIDED = (CLIENT, "boto3")
_LAYER = ("numpy", "pillow")
_PATH = "/2018-06-01/runtime"
_FRAME = re.compile(r'^ *File "(.+?)",? [Ll]ine (\d+)(?:, in (.*))?(?:\n\s*(.*))?$', re.MULTILINE)
_NO_MODULE = re.compile(r"No module named '([^']+)'")
# What the client and Python's fault handler print of an error, which is told otherwise.
_CLIENTS_WORDS = re.compile(r"^(?:.*LAMBDA_WARNING: |.*\[ERROR\] \S|Fatal Python error: )", re.MULTILINE)
_DUMP_SECONDS = 2.0
_SLACK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Artefact:
    """What is deployed: the handler in its code root, the layer's folder (with ``python/``), megabytes of memory."""

    ref: HandlerRef
    layer: Path | None
    memory: int


def artefact_of(target: Target, given: Path | None, layer: Path | None, memory: int | None, scratch: Path) -> Artefact:
    """What of ``target`` is deployed.

    Args:
        target: the handler.
        given: the folder of ``sam build``, the folder of one built function, or another code root.
        layer: a layer's folder, in place of what ``template.yaml`` says.
        memory: megabytes, likewise.
        scratch: where a layer may be built.

    Raises UsageError where there is no such artefact.
    """
    function = _function(target)
    root = target.ref.code_root
    if given is not None:
        root = given.resolve()
        built = root / f"{function.logical_id}{sam.INVOKABLE}" if function is not None else root
        if built.is_dir():
            if layer is None and function is not None and function.numpy and (root / "NumpyLayer").is_dir():
                layer = root / "NumpyLayer"
            root = built
    ref = HandlerRef(root, target.ref.module, target.ref.function)
    if not ref.file.is_file():
        raise UsageError(
            f"{ref.file} does not exist", "give --artefact the folder of `sam build` (.aws-sam/build) or a code root"
        )
    if layer is not None and not (layer / "python").is_dir():
        raise UsageError(f"{layer} is no layer: it has no folder python", "give --layer the folder that is zipped")
    if layer is None and function is not None and function.numpy:
        layer = host_layer(scratch / "layer", Project(target.workflow.root) if target.workflow else None)
    return Artefact(ref, layer, memory or _memory(target))


def _function(target: Target) -> sam.Function | None:
    if target.workflow is None:
        return None
    try:
        found = sam.functions(Project(target.workflow.root))
    except TruthkitError:
        return None  # another workflow's settings; the handler tells of its own
    named = (one for one in found if one.package == target.workflow.package and one.which == target.kind)
    return next(named, None)


def _memory(target: Target) -> int:
    file = (target.workflow.root if target.workflow else target.ref.code_root) / "template.yaml"
    found = re.search(r"(?m)^ *MemorySize: *(\d+)", file.read_text("utf-8")) if file.is_file() else None
    return int(found[1]) if found else MEMORY_MB


def host_layer(folder: Path, project: Project | None) -> Path:
    """The layer with NumPy and Pillow for this machine, as ``layers/numpy`` builds it; else what is installed."""
    if (folder / "python").is_dir():
        return folder
    roots = (project.root if project else kit_root(), kit_root())
    script = next((file for root in roots if (file := root / "layers/numpy/build_layer.py").is_file()), None)
    if script is not None:
        subprocess.run([sys.executable, str(script), str(folder / "python"), "host"], check=True, capture_output=True)
    else:
        _link(folder / "python", _LAYER)
    return folder


def runtime_folder(folder: Path) -> Path:
    """A folder with what Lambda's Python has, and nothing else. Raises UsageError where the client is missing."""
    if sys.platform != "linux":
        raise UsageError("AWS's runtime interface client runs on Linux only", "leave out --runtime lambda")
    wanted, names = list(_PROVIDED), []
    while wanted:
        name = wanted.pop(0)
        if name not in names:
            names.append(name)
            try:
                needed = distribution(name).requires or ()
            except PackageNotFoundError:
                raise UsageError(
                    f"--runtime lambda needs {name}, which is not installed"
                    + (": AWS's runtime interface client" if name == CLIENT else ""),
                    f"uv pip install {name}, or pip install {name}",
                ) from None
            wanted += [match[0] for one in needed if "extra ==" not in one and (match := re.match(r"[\w.-]+", one))]
    _link(folder, names)
    return folder


def _link(folder: Path, names: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        package = distribution(name)
        for top in {Path(str(file)).parts[0] for file in package.files or ()} - {"..", "__pycache__"}:
            if not (folder / top).exists():
                (folder / top).symlink_to(Path(str(package.locate_file(top))).resolve())


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The function ended while it was connected: told of by whoever waits for it."""


class RuntimeApi:
    """Lambda's runtime interface (2018-06-01) on a loopback port: hands out one event, takes what comes back.

    ``outcomes`` gets ``("next", b"")`` when the function asks for an event, and ``("response" | "error" | "init",
    body)`` when it has something to say; a body over the limit comes as ``("large", its size)``.
    """

    def __init__(self, arn: str) -> None:
        self.events: queue.SimpleQueue[tuple[str, bytes, float] | None] = queue.SimpleQueue()
        self.outcomes: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        api = self

        class Answering(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                if self.path != f"{_PATH}/invocation/next":
                    return self.reply(404, b"{}", {})
                api.outcomes.put(("next", b""))
                event = api.events.get()
                if event is None:
                    return self.reply(410, b"{}", {})
                name, body, deadline = event
                return self.reply(
                    200,
                    body,
                    {
                        "Content-Type": "application/json",
                        "Lambda-Runtime-Aws-Request-Id": name,
                        "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
                        "Lambda-Runtime-Invoked-Function-Arn": arn,
                        "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
                    },
                )

            def do_POST(self) -> None:
                body = self.body()
                kind = "init" if self.path.endswith("init/error") else self.path.rpartition("/")[2]
                if kind == "response" and len(body) > LAMBDA_PAYLOAD_BYTES:
                    kind, body = "large", str(len(body)).encode()
                api.outcomes.put((kind, body))
                self.reply(202, b"{}", {})

            def body(self) -> bytes:
                if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                    return self.rfile.read(int(self.headers.get("Content-Length", 0)))
                parts = []
                while size := int(self.rfile.readline(), 16):
                    parts.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(parts)

            def reply(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
                self.wfile.flush()

            def log_message(self, *args: object) -> None:
                pass

        self.server = _Server(("127.0.0.1", 0), Answering)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.events.put(None)
        self.server.shutdown()
        self.server.server_close()


class DeployedHandler(Handler):
    """A deployed function, warm. Told of as its base is; ``peak_mb`` is the most memory that it has had so far.

    Memory: what the process allocates privately (RLIMIT_DATA) may not pass the limit, so that the handler's own line
    gets a MemoryError; and a call after which the process has had more in memory, libraries included, fails, as Lambda
    would have killed it.
    """

    def __init__(self, artefact: Artefact, runtime: Path, *, environment: Mapping[str, str], timeout: float) -> None:
        folders = [artefact.ref.code_root, *([artefact.layer / "python"] if artefact.layer else []), runtime]
        own = {
            "PYTHONPATH": os.pathsep.join(str(folder.resolve()) for folder in folders),
            "LAMBDA_TASK_ROOT": str(artefact.ref.code_root),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(artefact.memory),
            "OPENBLAS_NUM_THREADS": "1",
        }
        super().__init__(artefact.ref, environment={**environment, **own}, timeout=timeout)
        self._line = return_line(artefact.ref)[0]  # where nothing tells of a place
        self.memory = artefact.memory
        self.peak_mb: float | None = None
        self._api: RuntimeApi | None = None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._closed:
            raise RuntimeError(f"the handler {self.ref} is closed")
        if self._process is not None:
            if self._process.poll() is None:
                return self._process
            self._forget()
        mark = self._open_log()
        self._api = RuntimeApi(self.arn)
        # -S: no site-packages, and so no editable install of a checkout either.
        self._process = process = subprocess.Popen(
            [sys.executable, "-S", "-B", "-u", "-X", "faulthandler", "-m", CLIENT, self._environment["_HANDLER"]],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            cwd=self.ref.code_root,
            env={**self._environment, "AWS_LAMBDA_RUNTIME_API": self._api.address},
            start_new_session=True,
        )
        limit = self.memory * 1024 * 1024
        resource.prlimit(process.pid, resource.RLIMIT_DATA, (limit, limit))
        kind, body = self._wait(process, IMPORT_SECONDS)
        if kind == "next":
            return process
        reply = {"init": self._told(body)} if kind == "init" else {kind: json.loads(body or b"[]")}
        self._kill()
        self._forget()
        output = self._output(mark)
        error = self._start_error({"error": reply["init"]} if kind == "init" else reply, output)
        self._write_log(f"[ERROR] {error.traceback or error.findings[0].message}\n")
        raise error

    def _wait(self, process: subprocess.Popen[bytes], seconds: float) -> tuple[str, bytes]:
        """What the function says next; ``timeout`` with its frames, or ``exit`` with its status."""
        assert self._api is not None
        ends = time.monotonic() + seconds
        while True:
            try:
                return self._api.outcomes.get(timeout=0.05)
            except queue.Empty:
                pass
            if process.poll() is not None:
                try:
                    return self._api.outcomes.get(timeout=_SLACK_SECONDS)  # it said why before it ended
                except queue.Empty:
                    return "exit", str(process.returncode).encode()
            if time.monotonic() > ends:
                return "timeout", json.dumps(self._frames_now(process)).encode()

    def _ask(self, process: subprocess.Popen[bytes], line: str, seconds: float) -> dict[str, Any]:
        assert self._api is not None
        request = json.loads(line)
        body = json.dumps(request["event"]).encode()
        self._api.events.put((request["id"], body, time.time() + seconds))
        kind, said = self._wait(process, seconds)
        if kind in ("response", "error", "large"):
            self._wait(process, IMPORT_SECONDS)  # for the next event: what it printed is in the log
        self._measure(process)
        if kind in ("timeout", "exit"):
            self._kill()
            self._forget()
            return {kind: json.loads(said)}
        if kind == "large":
            return {"too_large": int(said)}
        if kind == "error":
            told = self._told(said)
            if told["type"] == "Runtime.MarshalError":
                what = told["message"].removeprefix("Unable to marshal response: ")
                return {"unserialisable": {"path": "", "what": f"none that JSON has: {what}"}}
            return {"error": told}
        if self.peak_mb is not None and self.peak_mb > self.memory:
            self._kill()
            self._forget()
            return {"memory": self.peak_mb}
        try:
            return {"result": loads(said, "result")}
        except ContractError as error:
            return {"unserialisable": {"path": "", "what": f"no JSON: it {error.problem}"}}

    def _result(self, reply: dict[str, Any], output: str) -> Any:
        if "memory" in reply:
            raise self._error(
                "handler-memory",
                "Runtime.OutOfMemory",
                f"the process had {reply['memory']:,.0f} MB in memory; the function has {self.memory:,}",
                "keep less at a time, or give it more: MemorySize in template.yaml",
                output=output,
            )
        return super()._result(reply, output)

    def _told(self, body: bytes) -> dict[str, Any]:
        """The client's error as the child process tells one."""
        told = json.loads(body)
        kind, message = told["errorType"], told["errorMessage"]
        stack = told.get("stackTrace") or []
        missing = _NO_MODULE.search(message)
        if kind == "Runtime.ImportModuleError" and missing:
            kind, message = "ModuleNotFoundError", missing[0]
        error = {
            "type": kind,
            "message": message,
            "frames": self._own_frames("".join(stack)) or (self._import_of(missing[1]) if missing else []),
            "causes": [],
            "traceback": "Traceback (most recent call last):\n" + "".join(stack) + f"{kind}: {message}",
        }
        return {**error, "detail": {"module": missing[1]}} if missing and "Module" in kind else error

    def _import_of(self, module: str) -> list[dict[str, Any]]:
        """The line of the handler's file that imports the module; the client does not tell."""
        pattern = re.compile(rf"\s*(?:import|from)\s+{re.escape(module.partition('.')[0])}\b")
        lines = self.ref.file.read_text("utf-8", errors="replace").splitlines()
        at = next((number for number, line in enumerate(lines, 1) if pattern.match(line)), None)
        if at is None:
            return []
        return [{"file": str(self.ref.file), "line": at, "function": "<module>", "source": lines[at - 1].strip()}]

    def _own_frames(self, text: str) -> list[dict[str, Any]]:
        root = self.ref.code_root.resolve()
        return [
            {"file": file, "line": int(line), "function": name or "<module>", "source": (source or "").strip()}
            for file, line, name, source in _FRAME.findall(text)
            if Path(file).resolve().is_relative_to(root)
        ]

    def _frames_now(self, process: subprocess.Popen[bytes]) -> list[dict[str, Any]]:
        """Where the function is: Python's fault handler tells at a signal, and the process ends of it."""
        mark = self._write_log("")
        process.send_signal(signal.SIGABRT)
        try:
            process.wait(_DUMP_SECONDS)
        except subprocess.TimeoutExpired:
            return []
        said = super()._output(mark)
        frames: list[dict[str, Any]] = []
        # The innermost comes first here, of the thread that runs the handler.
        for file, line, name in re.findall(r'^ *File "(.+?)", line (\d+) in (.*)$', said, re.MULTILINE):
            if Path(file).resolve().is_relative_to(self.ref.code_root.resolve()):
                lines = Path(file).read_text("utf-8", errors="replace").splitlines()
                source = lines[int(line) - 1].strip() if int(line) <= len(lines) else ""
                frames.insert(0, {"file": file, "line": int(line), "function": name, "source": source})
        return frames

    def _output(self, mark: int) -> str:
        said = super()._output(mark)
        found = _CLIENTS_WORDS.search(said)
        return said[: found.start()].rstrip() if found else said

    def _measure(self, process: subprocess.Popen[bytes]) -> None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            return
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        if found:
            self.peak_mb = int(found[1]) / 1024

    def _forget(self) -> None:
        process, self._process = self._process, None
        api, self._api = self._api, None
        if process is not None:
            process.wait()
        if api is not None:
            api.close()
