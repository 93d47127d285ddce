"""Handlers in child processes: Lambda's environment, context, limits and errors."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from truthkit._handler_child import RESPONSE_LIMIT
from truthkit.handlers import Handler, HandlerError
from truthkit.project import HandlerRef
from truthkit_core.messages import LAMBDA_PAYLOAD_BYTES

Make = Callable[..., Handler]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Write a handler and get it running; ``name`` is its file in ``tmp_path``."""
    made = []

    def _make(
        source: str,
        name: str = "fn/lambda_function.py",
        *,
        function: str = "lambda_handler",
        environment: dict[str, str] | None = None,
        timeout: float = 20,
        log_file: Path | None = None,
    ) -> Handler:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(source), "utf-8")
        ref = HandlerRef.parse(f"{file}:{function}")
        handler = Handler(ref, environment=environment or {}, timeout=timeout, log_file=log_file)
        made.append(handler)
        return handler

    yield _make
    for handler in made:
        handler.close()


def failure(handler: Handler, event: Any = None) -> HandlerError:
    with pytest.raises(HandlerError) as caught:
        handler.invoke(event or {})
    return caught.value


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


# calls


def test_event_and_result_make_a_round_trip_through_json(make: Make) -> None:
    handler = make(
        """
        from decimal import Decimal
        def lambda_handler(event, context):
            return {"event": event, "tuple": (1, 2), 3: Decimal("0.5"), "whole": Decimal("7"), "snow": "☃\\ud800\\n"}
        """
    )
    event = {"a": [1, 2.5, None, True], "text": "é 𝒳 \u2028 line\nbreak", "half": "\ud83d"}
    assert handler.invoke(event) == {"event": event, "tuple": [1, 2], "3": 0.5, "whole": 7, "snow": "☃\ud800\n"}


def test_the_child_lives_from_call_to_call(make: Make) -> None:
    handler = make(
        "import os\nn = 0\ndef lambda_handler(e, c):\n    global n\n    n += 1\n    return [n, os.getpid()]\n"
    )
    first, second = handler.invoke({}), handler.invoke({})
    assert (first[0], second[0]) == (1, 2)
    assert first[1] == second[1] != os.getpid()


def test_two_of_the_same_name_do_not_clash(make: Make) -> None:
    source = "import helper\ndef lambda_handler(event, context):\n    return helper.NAME\n"
    one, two = make(source, "one/lambda_function.py"), make(source, "two/lambda_function.py")
    for handler, name in ((one, "one"), (two, "two")):
        (handler.ref.code_root / "helper.py").write_text(f"NAME = {name!r}\n")
    assert [one.invoke({}), two.invoke({}), one.invoke({})] == ["one", "two", "one"]


def test_a_file_with_a_hyphen_is_imported_as_lambda_does(make: Make) -> None:
    assert make("def lambda_handler(event, context):\n    return 1\n", "my-handler.py").invoke({}) == 1


def test_module_in_a_package_imports_from_its_code_root(tmp_path: Path) -> None:
    package = tmp_path / "my_flow"
    package.mkdir()
    (package / "post_annotation.py").write_text(
        "from my_flow import words\ndef lambda_handler(event, context):\n    return [words.W, context.function_name]\n"
    )
    (package / "words.py").write_text("W = 'w'\n")
    handler = Handler(HandlerRef(tmp_path, "my_flow.post_annotation"), environment={}, timeout=20)
    try:
        assert handler.invoke({}) == ["w", "truthkit-my_flow-post_annotation"]
    finally:
        handler.close()


def test_environment_is_lambdas_and_not_ours(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "private")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the user's own")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    handler = make(
        """
        import os, sys
        def lambda_handler(event, context):
            return [dict(os.environ), sys.path, os.getcwd(), sys.flags.isolated]
        """,
        environment={"BUCKET": "b", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
    )
    environ, path, cwd, isolated = handler.invoke({})
    root = str(handler.ref.code_root)
    assert "AWS_PROFILE" not in environ
    assert "PYTHONPATH" not in environ
    assert environ["AWS_SECRET_ACCESS_KEY"] != "the user's own"
    assert environ["AWS_CONFIG_FILE"] == environ["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert environ["BUCKET"] == "b"
    assert environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert environ["AWS_LAMBDA_FUNCTION_NAME"] == "truthkit-lambda_function"
    assert environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "512"
    assert environ["LAMBDA_TASK_ROOT"] == root
    assert environ["_HANDLER"] == "lambda_function.lambda_handler"
    assert environ["AWS_REGION"] == environ["AWS_DEFAULT_REGION"] == "us-east-1"
    assert environ["TZ"] == ":UTC"
    assert (path[0], cwd, isolated) == (root, root, 1)
    assert str(Path(__file__).parents[1] / "truthkit") not in path


def test_nothing_is_written_beside_the_code(make: Make) -> None:
    handler = make("def lambda_handler(e, c):\n    return 1\n")
    handler.invoke({})
    assert [file.name for file in handler.ref.code_root.iterdir()] == ["lambda_function.py"]


def test_context_is_lambdas(make: Make) -> None:
    handler = make(
        """
        def lambda_handler(event, context):
            names = ("function_name", "function_version", "aws_request_id", "invoked_function_arn",
                     "memory_limit_in_mb", "log_group_name", "log_stream_name", "client_context")
            return [{n: getattr(context, n) for n in names}, context.get_remaining_time_in_millis(),
                    context.identity.cognito_identity_id]
        """,
        timeout=7,
    )
    first, left, cognito = handler.invoke({})
    assert first["invoked_function_arn"] == "arn:aws:lambda:us-east-1:111122223333:function:truthkit-lambda_function"
    assert first["function_name"] == "truthkit-lambda_function"
    assert first["function_version"] == "$LATEST"
    assert first["memory_limit_in_mb"] == "512"
    assert first["log_group_name"] == "/aws/lambda/truthkit-lambda_function"
    assert "[$LATEST]" in first["log_stream_name"]
    assert first["client_context"] is cognito is None
    assert 0 < left <= 7000
    assert handler.invoke({})[0]["aws_request_id"] != first["aws_request_id"]


def test_prints_do_not_break_the_protocol(make: Make, tmp_path: Path) -> None:
    log = tmp_path / "logs" / "pre.log"
    handler = make(
        """
        import logging, os, subprocess, sys
        logger = logging.getLogger()
        logger.setLevel(logging.INFO)
        print("at import")
        def lambda_handler(event, context):
            print('{"result": "not this"}')
            os.write(1, b"raw\\n")
            subprocess.run(["echo", "from a program"])
            print("on stderr", file=sys.stderr)
            logger.info("logged")
            assert sys.stdin.read() == ""
            return "this"
        """,
        log_file=log,
    )
    assert handler.invoke({}, about="object 3") == "this"
    handler.invoke({}, about="object 4")
    lines = log.read_text().splitlines()
    assert lines[0] == "at import"
    assert lines[1].startswith("START RequestId: ")
    assert lines[1].endswith(" object 3")
    assert lines[2:6] == ['{"result": "not this"}', "raw", "from a program", "on stderr"]
    assert lines[6].startswith("[INFO]\t")
    assert lines[6].endswith("\tlogged")
    assert lines[1].split()[2] in lines[6]  # the request's id
    assert lines[7].startswith("END RequestId: ")
    assert lines[8].endswith(" object 4")


def test_calls_from_many_threads_are_answered_right(make: Make) -> None:
    handler = make("def lambda_handler(event, context):\n    return event['n'] * 2\n")
    answers: dict[int, int] = {}

    def call(n: int) -> None:
        answers[n] = handler.invoke({"n": n})

    threads = [threading.Thread(target=call, args=(n,)) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {n: n * 2 for n in range(30)}


# limits


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("float('nan')", "result.a[1].b is the number nan"),
        ("float('-inf')", "result.a[1].b is the number -inf"),
        ("{1, 2}", "result.a[1].b is an object of type set"),
        ("__import__('datetime').datetime.now()", "result.a[1].b is an object of type datetime"),
        ("b'x'", "result.a[1].b is an object of type bytes"),
        ("{(1, 2): 3}", "result.a[1].b is a key of type tuple"),
        ("__import__('decimal').Decimal('NaN')", "result.a[1].b is an object of type Decimal"),
    ],
    ids=["nan", "infinity", "set", "datetime", "bytes", "key", "decimal-nan"],
)
def test_result_that_json_has_not(make: Make, value: str, says: str) -> None:
    handler = make(f"def lambda_handler(event, context):\n    return {{'a': [0, {{'b': {value}}}]}}\n")
    error = failure(handler)
    assert error.error_type == "Runtime.MarshalError"
    assert says in error.findings[0].message
    assert error.findings[0].code == "handler-result"
    assert (error.findings[0].file, error.findings[0].line) == (str(handler.ref.file), 1)


def test_result_that_contains_itself(make: Make) -> None:
    handler = make("def lambda_handler(event, context):\n    a = {}\n    a['me'] = a\n    return a\n")
    assert "result.me is a value that contains itself" in str(failure(handler))


def test_coroutine_is_refused_with_the_reason(make: Make) -> None:
    error = failure(make("async def lambda_handler(event, context):\n    return 1\n"))
    assert "async" in error.findings[0].message
    assert "asyncio.run" in error.findings[0].cure


def test_event_with_nan_is_refused(make: Make) -> None:
    error = failure(make("def lambda_handler(event, context):\n    return 1\n"), {"x": float("nan")})
    assert error.findings[0].code == "handler-event"


def test_the_child_which_imports_nothing_has_the_same_limit() -> None:
    assert RESPONSE_LIMIT == LAMBDA_PAYLOAD_BYTES


def test_six_megabytes_each_way(make: Make) -> None:
    handler = make("def lambda_handler(e, c):\n    return 'é' * e['n'] if 'n' in e else len(e['x'])\n")
    fits = (LAMBDA_PAYLOAD_BYTES - 2) // 2  # quotes; é has two bytes, as Lambda counts, though its ASCII form has six
    assert len(handler.invoke({"n": fits})) == fits
    response = failure(handler, {"n": fits + 1})
    assert response.error_type == "Function.ResponseSizeTooLarge"
    assert f"{fits * 2 + 4:,} bytes" in response.findings[0].message
    assert handler.invoke({"x": "é" * (fits - 10)}) == fits - 10
    assert failure(handler, {"x": "é" * fits}).error_type == "RequestTooLargeException"


def test_timeout_kills_and_the_next_call_starts_afresh(make: Make, tmp_path: Path) -> None:
    handler = make(
        """
        import os, subprocess, time
        calls = 0
        def nap():
            time.sleep(60)
        def lambda_handler(event, context):
            global calls
            calls += 1
            if event["sleep"]:
                program = subprocess.Popen(["sleep", "60"])
                open(event["pids"], "w").write(f"{os.getpid()} {program.pid}")
                print("going to sleep")
                nap()
            return calls
        """,
        timeout=0.4,
    )
    assert handler.invoke({"sleep": False}) == 1
    error = failure(handler, {"sleep": True, "pids": str(tmp_path / "pids")})
    finding = error.findings[0]
    assert error.error_type == "Sandbox.Timedout"
    assert finding.message == "Task timed out after 0.40 seconds"
    assert "timeout" in finding.cure
    assert (finding.code, finding.line) == ("handler-timeout", 5)  # where it was
    assert "going to sleep" in error.output
    for pid in (tmp_path / "pids").read_text().split():
        wait_until(lambda pid=int(pid): not alive(pid))  # type: ignore[misc]
    assert handler.invoke({"sleep": False}) == 1


@pytest.mark.parametrize(
    ("death", "says"),
    [("os._exit(3)", "exit status 3"), ("os.kill(os.getpid(), 11)", "signal SIGSEGV")],
    ids=["exit", "crash"],
)
def test_death_of_the_child_is_an_error_and_it_restarts(make: Make, death: str, says: str) -> None:
    handler = make(
        f"""
        import os
        def lambda_handler(event, context):
            print("last words")
            if event["die"]:
                {death}
            return 1
        """
    )
    error = failure(handler, {"die": True})
    assert error.error_type == "Runtime.ExitError"
    assert says in error.findings[0].message
    assert error.output == "last words"
    assert handler.invoke({"die": False}) == 1


# errors


def test_error_shows_the_users_own_frames(make: Make, tmp_path: Path) -> None:
    log = tmp_path / "pre.log"
    handler = make(
        """
        import json
        def read(event):
            return json.loads(event["text"])
        def lambda_handler(event, context):
            print("one")
            return read(event)
        """,
        log_file=log,
    )
    error = failure(handler, {"text": "{"})
    finding = error.findings[0]
    file = str(handler.ref.file)
    assert (finding.code, finding.file, finding.line) == ("handler-error", file, 4)
    assert finding.message.startswith("JSONDecodeError: Expecting property name")
    assert finding.excerpt.splitlines() == [
        f'  File "{file}", line 7, in lambda_handler',
        "  | return read(event)",
        f'  File "{file}", line 4, in read',
        '  | return json.loads(event["text"])',
    ]
    assert error.error_type == "JSONDecodeError"
    assert error.output == "one"
    assert "decoder.py" in error.traceback
    assert "_handler_child" not in error.traceback
    assert "[ERROR] Traceback (most recent call last):" in log.read_text()
    assert finding.about("12").object_id == "12"


def test_cause_is_told(make: Make) -> None:
    handler = make(
        """
        def lambda_handler(event, context):
            try:
                event["a"]
            except KeyError as error:
                raise RuntimeError("no answer") from error
        """
    )
    finding = failure(handler).findings[0]
    assert finding.message == "RuntimeError: no answer"
    assert finding.line == 6
    assert "caused by KeyError: 'a'" in finding.excerpt
    assert "line 4, in lambda_handler" in finding.excerpt


def test_frames_of_installed_packages_are_not_the_users(make: Make) -> None:
    handler = make("import dep\ndef lambda_handler(event, context):\n    return dep.fail()\n")
    root = handler.ref.code_root
    (root / "dep").mkdir()
    (root / "dep" / "__init__.py").write_text("def fail():\n    raise ValueError('in the package')\n")
    (root / "dep-1.0.dist-info").mkdir()
    (root / "dep-1.0.dist-info" / "RECORD").write_text("dep/__init__.py,,\ndep-1.0.dist-info/RECORD,,\n")
    finding = failure(handler).findings[0]
    assert (finding.file, finding.line) == (str(handler.ref.file), 3)


@pytest.mark.parametrize(
    ("body", "cure"),
    [
        ("event['payload']['s3uri']", "the key is s3Uri"),
        ("event['s3_uri']", "the key is s3Uri"),
        ("event['labelCategories']", "event.get('labelCategories')"),
        ("event['dataObjects']", "the service's key is dataObject"),
        ("event['source-ref']", "this data object has no source-ref"),
        ("__import__('json').loads(event['payload'])", "leave json.loads out"),
        ("'{}'['label']", "json.loads"),
        ("__import__('sys').exit(0)", "sys.exit()"),
        ("__import__('no_such_module_here')", "put no_such_module_here into"),
    ],
    ids=["s3uri", "s3_uri", "categories", "near", "source", "loads", "text", "exit", "module"],
)
def test_common_mistakes_have_a_cure(make: Make, body: str, cure: str) -> None:
    handler = make(f"def lambda_handler(event, context):\n    return {body}\n")
    error = failure(handler, {"payload": {}})
    assert cure in error.findings[0].cure
    assert error.findings[0].line == 2


def test_key_that_is_no_business_of_ours_has_no_cure(make: Make) -> None:
    assert failure(make("def lambda_handler(e, c):\n    return e['temperature']\n")).findings[0].cure == ""


def test_handler_of_one_argument(make: Make) -> None:
    finding = failure(make("\n\ndef lambda_handler(event):\n    return 1\n")).findings[0]
    assert "takes 1 positional argument" in finding.message
    assert finding.cure == "a handler is a function of two arguments: def lambda_handler(event, context)"
    assert finding.line == 3


@pytest.mark.parametrize(
    ("source", "error_type", "line", "says", "cure"),
    [
        (
            "import os\nimport torchless\n",
            "Runtime.ImportModuleError",
            2,
            "No module named 'torchless'",
            "put torchless",
        ),
        (
            "x = 1\ndef lambda_handler(event, context)\n    return 1\n",
            "Runtime.UserCodeSyntaxError",
            2,
            "SyntaxError",
            "",
        ),
        ("\nlimit = int('x')\n", "ValueError", 2, "invalid literal", ""),
        ("import sys\nsys.exit(1)\n", "SystemExit", 2, "SystemExit", "sys.exit()"),
    ],
    ids=["module", "syntax", "value", "exit"],
)
def test_import_error_names_the_place(
    make: Make, source: str, error_type: str, line: int, says: str, cure: str
) -> None:
    handler = make(source)
    for _ in range(2):  # and again: nothing half-started is left
        error = failure(handler)
        finding = error.findings[0]
        assert error.error_type == error_type
        assert (finding.code, finding.file, finding.line) == ("handler-import", str(handler.ref.file), line)
        assert says in finding.message
        assert cure in finding.cure
    handler.ref.file.write_text("def lambda_handler(event, context):\n    return 'mended'\n")
    assert handler.invoke({}) == "mended"


@pytest.mark.parametrize(
    ("below", "line"),
    [("import torchless\n", 1), ("x = 1\ndef broken(\n", 2)],
    ids=["module", "syntax"],
)
def test_import_error_shows_files_of_the_code_root_only(make: Make, below: str, line: int) -> None:
    handler = make("import importlib\nwords = importlib.import_module('words')\n")
    words = handler.ref.code_root / "words.py"
    words.write_text(below)
    finding = failure(handler).findings[0]
    assert (finding.file, finding.line) == (str(words), line)
    shown = [line for line in finding.excerpt.splitlines() if line.startswith("  File")]
    assert shown == [
        f'  File "{handler.ref.file}", line 2, in <module>',
        f'  File "{words}", line {line}, in <module>',
    ]


@pytest.mark.parametrize("call", ["eval('1 +')", "exec(compile('1 / 0', '<made>', 'exec'))"], ids=["eval", "exec"])
def test_code_without_a_file_is_no_place(make: Make, call: str) -> None:
    handler = make(f"def lambda_handler(event, context):\n    return {call}\n")
    finding = failure(handler).findings[0]
    assert (finding.file, finding.line, finding.column) == (str(handler.ref.file), 2, None)
    assert 'File "<' not in finding.excerpt
    assert finding.excerpt.count("File ") == 1


@pytest.mark.parametrize(
    ("error", "place"),
    [("ContractError", "mine/post_annotation.py"), ("StorageError", "mine/post_annotation.py"),
     ("KeyError", "truthkit_core/checks.py")],
)  # fmt: skip
def test_what_the_core_refuses_is_placed_in_the_workflow(tmp_path: Path, error: str, place: str) -> None:
    for name, source in {
        "truthkit_core/checks.py": (
            "class ContractError(ValueError): pass\nclass StorageError(Exception): pass\n"
            f"def check(value): raise {error}('no')\n"
        ),
        "mine/post_annotation.py": (
            "from truthkit_core.checks import check\ndef lambda_handler(event, context):\n    return check(1)\n"
        ),
    }.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(source)
        (tmp_path / name).with_name("__init__.py").touch()
    handler = Handler(HandlerRef(tmp_path, "mine.post_annotation"), environment={}, timeout=20)
    try:
        finding = failure(handler).findings[0]
    finally:
        handler.close()
    assert (finding.file, finding.line) == (str((tmp_path / place).resolve()), 3)
    assert "truthkit_core/checks.py" in finding.excerpt


def test_syntax_error_has_a_caret(make: Make) -> None:
    finding = failure(make("def lambda_handler(event, context)\n    return 1\n")).findings[0]
    assert finding.column == 35
    assert finding.excerpt.splitlines()[-1] == "  | " + " " * 34 + "^"


def test_missing_function_lists_those_there(make: Make) -> None:
    handler = make("import json\ndef pre(e, c):\n    return 1\ndef lambda_handle(e, c):\n    return 2\n")
    error = failure(handler)
    assert error.error_type == "Runtime.HandlerNotFound"
    assert error.findings[0].message == "Handler 'lambda_handler' missing on module 'lambda_function'"
    assert error.findings[0].cure == (
        "did you mean lambda_handle? functions there: pre (line 2), lambda_handle (line 4)"
    )


def test_other_function_by_name(make: Make) -> None:
    assert make("def pre(e, c):\n    return 'pre'\n", function="pre").invoke({}) == "pre"


def test_name_of_a_standard_module(make: Make) -> None:
    finding = failure(make("def lambda_handler(e, c):\n    return 1\n", "fn/json.py")).findings[0]
    assert "the name json is taken by" in finding.message
    assert finding.cure == "rename the handler's file"


def test_missing_file(tmp_path: Path) -> None:
    handler = Handler(HandlerRef(tmp_path, "gone.pre_annotation"), environment={}, timeout=5)
    assert "does not exist" in failure(handler).findings[0].message


def test_start_reports_before_any_call(make: Make) -> None:
    with pytest.raises(HandlerError, match="No module named"):
        make("import torchless\n").start()


# the end


def test_close_ends_the_child_also_in_a_call(make: Make, tmp_path: Path) -> None:
    handler = make(
        """
        import os, time
        def lambda_handler(event, context):
            open(event["pid"], "w").write(str(os.getpid()))
            time.sleep(60)
        """
    )
    pid = tmp_path / "pid"
    errors: list[HandlerError] = []
    thread = threading.Thread(target=lambda: errors.append(failure(handler, {"pid": str(pid)})))
    thread.start()
    wait_until(lambda: pid.exists() and pid.read_text() != "")
    handler.close()
    thread.join(10)
    assert errors[0].error_type == "Runtime.ExitError"
    assert not alive(int(pid.read_text()))
    handler.close()
    with pytest.raises(RuntimeError, match="closed"):
        handler.invoke({})


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "in a call"])
def test_killed_parent_leaves_no_child(tmp_path: Path, busy: bool) -> None:
    (tmp_path / "fn.py").write_text(
        "import os, time\ndef lambda_handler(e, c):\n    time.sleep(60 if e['sleep'] else 0)\n    return os.getpid()\n"
    )
    script = textwrap.dedent(
        f"""
        import sys
        from pathlib import Path
        from truthkit.handlers import Handler
        from truthkit.project import HandlerRef
        handler = Handler(HandlerRef(Path({str(tmp_path)!r}), "fn"), environment={{}}, timeout=60)
        print(handler.invoke({{"sleep": 0}}), flush=True)
        if {busy}:
            handler.invoke({{"sleep": 1}})
        sys.stdin.read()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.send_signal(signal.SIGKILL)
    wait_until(lambda: not alive(child))


def test_a_call_is_quick(make: Make) -> None:
    handler = make(
        "import time\ndef lambda_handler(event, context):\n    return {**event, 'at': time.process_time()}\n"
    )
    event = {"dataObject": {"source": "x" * 200}}
    child, began = handler.invoke(event)["at"], time.thread_time()
    for _ in range(100):
        handler.invoke(event)
    # The processor's time on both sides, which another process does not lengthen: 0.3 ms.
    took = time.thread_time() - began + handler.invoke(event)["at"] - child
    assert took / 100 < 0.02


def test_logged_error_is_json_free_of_our_own(make: Make) -> None:
    finding = failure(make("def lambda_handler(e, c):\n    raise ValueError('bad')\n")).findings[0]
    assert json.loads(json.dumps(finding.to_json()))["message"] == "ValueError: bad"


SAM = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    CodeUri: fn/
    Environment:
      Variables:
        STAGE: test   # of all functions
        BUCKET: all
Resources:
  Other:
    Type: AWS::Serverless::Function
    Properties:
      Handler: other.lambda_handler
      Environment:
        Variables:
          BUCKET: another
  Mine:
    Type: AWS::Serverless::Function
    Properties:
      Handler: lambda_function.lambda_handler
      Policies:
        - S3ReadPolicy:
            BucketName: !Ref Bucket
      Environment:
        Variables:
          BUCKET: 'it''s #1'
          TWO: "a\\tb"
          COUNT: 7
          DEBUG: True
          TABLE: !Ref Table
          QUEUE:
            Fn::GetAtt: Queue.Arn
          AWS_ENDPOINT_URL: http://example.com
  Table:
    Type: AWS::DynamoDB::Table
"""


def test_a_handler_has_the_variables_that_its_function_has_in_the_sam_template(make: Make, tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(SAM)
    handler = make(
        """
        import os
        def lambda_handler(event, context):
            return os.environ[event["name"]] if "name" in event else dict(os.environ)
        """,
        environment={"AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
    )
    given = handler.invoke({})
    expected = {"STAGE": "test", "BUCKET": "it's #1", "TWO": "a\tb", "COUNT": "7", "DEBUG": "true"}
    assert {name: given.get(name) for name in expected} == expected
    assert given["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert not given.keys() & {"TABLE", "QUEUE"}
    for name, line in (("TABLE", 31), ("QUEUE", 32)):
        cure = failure(handler, {"name": name}).findings[0].cure
        assert f"{tmp_path / 'template.yaml'}, line {line}" in cure
    assert "Environment" in failure(handler, {"name": "NONE"}).findings[0].cure


def test_another_functions_variables_are_not_a_handlers(make: Make, tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(SAM)
    handler = make("import os\ndef f(event, context):\n    return os.environ.get('BUCKET')\n", function="f")
    assert handler.invoke({}) is None


def test_a_handler_that_is_closed_while_its_process_is_being_made_leaves_none(make: Make) -> None:
    class Slow(Handler):
        """Its process is made once ``close`` has looked for one in vain."""

        looked = threading.Event()

        def _kill(self) -> None:
            super()._kill()
            self.looked.set()

        def _spawn(self, log: IO[bytes], *ahead: str) -> subprocess.Popen[bytes]:
            closing.start()
            self.looked.wait()
            made.append(super()._spawn(log, *ahead))
            return made[0]

    made: list[subprocess.Popen[bytes]] = []
    handler = Slow(make("def lambda_handler(event, context):\n    return 1\n").ref, environment={}, timeout=20)
    closing = threading.Thread(target=handler.close, daemon=True)
    with pytest.raises(RuntimeError, match="closed"):
        handler.start()
    closing.join(60)
    assert not closing.is_alive()
    assert made[0].returncode is not None
