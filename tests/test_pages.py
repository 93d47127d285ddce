"""The server of task pages: addresses, the answer's way, the border."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from starlette.testclient import TestClient

from truthkit.findings import SubmissionError, UsageError
from truthkit.pages import content_security_policy, serve, task_app, task_page

T = TypeVar("T")
ANSWER = "/tasks/t/answer"
META = f'<meta charset="utf-8"><meta name="truthkit-answer" content="{ANSWER}">'


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result, from a thread: this one may belong to a browser of the tests before."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class FakeDesk:
    def __init__(self) -> None:
        self.answers: list[tuple[str, dict[str, Any]]] = []
        self.refuse: SubmissionError | None = None

    async def page(self, token: str) -> str | None:
        return "<crowd-form></crowd-form>" if token == "t" else None

    async def submit(self, token: str, answer: dict[str, Any]) -> None:
        if self.refuse:
            raise self.refuse
        self.answers.append((token, answer))


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def client(desk: FakeDesk, tmp_path: Path) -> TestClient:
    (tmp_path / "crowd-html-elements.js").write_text("/* crowd */")
    app = task_app(desk, bundles=tmp_path, policy=lambda: content_security_policy("http://127.0.0.1:9"))
    return TestClient(app, base_url="http://127.0.0.1")


@pytest.mark.parametrize(
    ("tag", "becomes"),
    [
        (
            '<script src="https://assets.crowd.aws/crowd-html-elements.js">',
            '<script src="/bundles/crowd-html-elements.js">',
        ),
        (
            "<script src='https://x.y/z/crowd-html-elements-v2.js?v=1'>",
            '<script src="/bundles/crowd-html-elements.js">',
        ),
        ("<SCRIPT defer SRC=/crowd-html-elements.js>", '<SCRIPT defer SRC="/bundles/crowd-html-elements.js">'),
        (
            '<script src="https://a.b/crowd-html-elements.js" integrity="sha384-x" crossorigin>',
            '<script src="/bundles/crowd-html-elements.js">',
        ),
        (
            '<link rel="stylesheet" href="https://a.b/css/crowd-html-elements-v2.css">',
            '<link rel="stylesheet" href="/bundles/crowd-html-elements.css">',
        ),
        ('<script src="truthkit/text-annotator.js">', '<script src="/bundles/text-annotator.js">'),
        ('<script src="https://c.d/e/truthkit/boxes.js">', '<script src="/bundles/boxes.js">'),
        ('<script src="https://c.d/truthkit-boxes.js">', '<script src="https://c.d/truthkit-boxes.js">'),
        (
            '<script src="https://a.b/crowd-html-elements.js.map">',
            '<script src="https://a.b/crowd-html-elements.js.map">',
        ),
        (
            '<script data-x="a>b" src="https://a.b/crowd-html-elements.js">',
            '<script data-x="a>b" src="/bundles/crowd-html-elements.js">',
        ),
        (
            "<script crossorigin src='https://a.b/truthkit/boxes.js' integrity=\"x>\" defer>",
            '<script src="/bundles/boxes.js" defer>',
        ),
        (
            '<script data-src="/truthkit/no.js" src="/truthkit/yes.js" src="/truthkit/no.js">',
            '<script data-src="/truthkit/no.js" src="/bundles/yes.js" src="/truthkit/no.js">',
        ),
        (
            "<script>x = '<script src=\"https://a.b/crowd-html-elements.js\">'</script>",
            "<script>x = '<script src=\"https://a.b/crowd-html-elements.js\">'</script>",
        ),
        ("<script>let src = 'crowd-html-elements.js';", "<script>let src = 'crowd-html-elements.js';"),
        (
            "<!-- <script src='https://a.b/crowd-html-elements.js'> -->",
            "<!-- <script src='https://a.b/crowd-html-elements.js'> -->",
        ),
    ],
    ids=lambda value: value[:60],
)
def test_the_scripts_of_a_page_come_from_here(tag: str, becomes: str) -> None:
    assert task_page(tag, ANSWER) == f"<!doctype html>{META}{becomes}"


@pytest.mark.parametrize(
    ("page", "becomes"),
    [
        ("<p>x", f"<!doctype html>{META}<p>x"),
        ("<!DOCTYPE html>\n<p>x", f"<!DOCTYPE html>{META}\n<p>x"),
        ("<!doctype html><html lang=en><head><title>", f"<!doctype html><html lang=en><head>{META}<title>"),
        ("<html><body>", f"<html>{META}<body>"),
        ("<!-- no <head> here -->\n<p>", f"<!doctype html>{META}<!-- no <head> here -->\n<p>"),
        ("<head-banner></head-banner>", f"<!doctype html>{META}<head-banner></head-banner>"),
        ("<!-- <head> --><!doctype html>\n<head a='>'>", f"<!-- <head> --><!doctype html>\n<head a='>'>{META}"),
        ("<header>not a head</header>", f"<!doctype html>{META}<header>not a head</header>"),
    ],
)
def test_the_page_is_told_where_its_answer_goes(page: str, becomes: str) -> None:
    assert task_page(page, ANSWER) == becomes


def test_no_line_moves() -> None:
    source = (
        "<html>\n<head>\n<script\n  src\n=\n'https://a/crowd-html-elements.js\n'\n  integrity=\n'a\nb'\ncrossorigin>\n"
        "</script>\n</head>"
    )
    assert task_page(source, ANSWER).count("\n") == source.count("\n")


def test_a_task_page_may_reach_itself_and_the_objects_only(client: TestClient) -> None:
    response = client.get("/tasks/t")
    assert response.status_code == 200
    policy = response.headers["content-security-policy"]
    assert "default-src 'self' data: blob: http://127.0.0.1:9 'unsafe-inline' 'unsafe-eval'" in policy
    assert "frame-ancestors 'none'" in policy
    assert client.get("/tasks/other").status_code == 404


def test_bundles_are_served_and_nothing_else(client: TestClient) -> None:
    script = client.get("/bundles/crowd-html-elements.js")
    assert (script.text, script.headers["content-type"]) == ("/* crowd */", "text/javascript; charset=utf-8")
    assert client.get("/bundles/crowd-html-elements.css").headers["content-type"].startswith("text/css")
    for path in ("/bundles/none.js", "/bundles/..%2fpages.py", "/bundles/bundles.json"):
        assert client.get(path).status_code == 404


def test_an_answer_is_taken(client: TestClient, desk: FakeDesk) -> None:
    response = client.post("/tasks/t/answer", json=[{"a": {"b": "é"}}], headers={"Origin": "http://127.0.0.1"})
    assert (response.status_code, desk.answers) == (200, [("t", {"a": {"b": "é"}})])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'{"a": 1}', 400),
        (b"[]", 400),
        (b"[{}, {}]", 400),
        (b'["a"]', 400),
        (b'[{"a": NaN}]', 400),
        (b"\xff", 400),
    ],
)
def test_what_is_no_answer_is_refused(client: TestClient, desk: FakeDesk, body: bytes, status: int) -> None:
    assert client.post("/tasks/t/answer", content=body).status_code == status
    assert desk.answers == []


def test_a_huge_answer_is_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("truthkit.pages.MAX_ANSWER_BYTES", 100)
    assert client.post("/tasks/t/answer", content=json.dumps([{"a": "x" * 200}])).status_code == 413


def test_an_answer_from_another_origin_or_host_is_refused(client: TestClient, desk: FakeDesk) -> None:
    assert client.post("/tasks/t/answer", json=[{}], headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.get("/tasks/t", headers={"Host": "evil.example"}).status_code == 400
    assert desk.answers == []


def test_the_desk_can_refuse(client: TestClient, desk: FakeDesk) -> None:
    desk.refuse = SubmissionError(404, "no such assignment")
    response = client.post("/tasks/t/answer", json=[{}])
    assert (response.status_code, response.json()) == (404, {"error": "no such assignment"})


def test_serving_on_a_free_loopback_port(tmp_path: Path) -> None:
    async def fetch() -> str:
        async with serve(task_app(FakeDesk(), bundles=tmp_path, policy=lambda: None)) as origin:
            port = int(origin.removeprefix("http://127.0.0.1:"))
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /tasks/t HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            text = (await reader.read()).decode()
            writer.close()
            return text

    assert "<crowd-form>" in run(fetch())


def test_a_port_that_is_taken_has_a_cure(tmp_path: Path) -> None:
    async def twice() -> None:
        app = task_app(FakeDesk(), bundles=tmp_path, policy=lambda: None)
        async with serve(app) as origin, serve(app, port=int(origin.rpartition(":")[2])):
            pass

    with pytest.raises(UsageError, match=r"port \d+ cannot be had") as caught:
        run(twice())
    assert "--port" in caught.value.findings[0].cure
