"""The server of task pages: addresses, the answer's way, the border."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from truthkit.findings import SubmissionError
from truthkit.pages import content_security_policy, serve, task_app, task_page

ANSWER = "/tasks/t/answer"
META = f'<meta charset="utf-8"><meta name="truthkit-answer" content="{ANSWER}">'


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
        ("<script>let src = 'crowd-html-elements.js';", "<script>let src = 'crowd-html-elements.js';"),
        (
            "<!-- <script src='https://a.b/crowd-html-elements.js'> -->",
            "<!-- <script src='https://a.b/crowd-html-elements.js'> -->",
        ),
    ],
    ids=lambda value: value[:60],
)
def test_the_scripts_of_a_page_come_from_here(tag: str, becomes: str) -> None:
    assert task_page(tag, ANSWER).html == f"<!doctype html>{META}{becomes}"


@pytest.mark.parametrize(
    ("page", "becomes"),
    [
        ("<p>x", f"<!doctype html>{META}<p>x"),
        ("<!DOCTYPE html>\n<p>x", f"<!DOCTYPE html>\n{META}<p>x"),
        ("<!doctype html><html lang=en><head><title>", f"<!doctype html><html lang=en><head>{META}<title>"),
        ("<html><body>", f"<html>{META}<body>"),
        ("<header>not a head</header>", f"<!doctype html>{META}<header>not a head</header>"),
    ],
)
def test_the_page_is_told_where_its_answer_goes(page: str, becomes: str) -> None:
    assert task_page(page, ANSWER).html == becomes


def test_no_line_moves() -> None:
    source = "<html>\n<head>\n<script\n  src='https://a/crowd-html-elements.js'>\n</script>\n</head>"
    assert task_page(source, ANSWER).html.count("\n") == source.count("\n")


def test_which_bundles_a_page_loads() -> None:
    page = task_page('<script src="/truthkit/a.js"></script><script src="//x/crowd-html-elements.js"></script>', ANSWER)
    assert page.bundles == ("a.js", "crowd-html-elements.js")
    assert page.uses_crowd


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

    assert "<crowd-form>" in asyncio.run(fetch())
