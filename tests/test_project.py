"""Where a project's rooms are: handlers by path, and the objects of a sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from truthkit.findings import UsageError
from truthkit.project import HandlerRef, Workflow


@pytest.mark.parametrize(
    ("name", "cure"),
    [("my.post.py", "rename it to my_post.py"), ("my post.py", "rename it to my_post.py")],
    ids=["dot", "blank"],
)
def test_a_name_that_lambda_cannot_import_is_refused_at_once(tmp_path: Path, name: str, cure: str) -> None:
    (tmp_path / name).write_text("def lambda_handler(event, context):\n    return {}\n")
    with pytest.raises(UsageError) as caught:
        HandlerRef.parse(f"{tmp_path / name}:lambda_handler")
    (finding,) = caught.value.findings
    assert name in finding.message
    assert cure in finding.cure


def test_a_name_with_a_hyphen_is_a_modules_name_to_lambda(tmp_path: Path) -> None:
    file = tmp_path / "my-handler.py"
    file.touch()
    ref = HandlerRef.parse(str(file))
    assert (ref.module, ref.function, ref.file) == ("my-handler", "lambda_handler", file.resolve())


@pytest.mark.parametrize(
    ("text", "line", "says", "cure"),
    [
        (b"[objects\n", 1, "is not TOML", "strings stand in quotes"),
        (b'[objects]\n"s3://b/" = data\n', 2, "is not TOML", "strings stand in quotes"),
        (b'objects = "data"\n', None, "not a table of folders", '"s3://BUCKET/PREFIX" = "FOLDER"'),
        (b'[objects]\n"s3://b/" = 1\n', None, "not a table of folders", "FOLDER"),
        (b"[objects]\n# \xff\n", None, "is not UTF-8", "save it as UTF-8"),
    ],
    ids=["cut", "no-quotes", "no-table", "number", "encoding"],
)
def test_a_malformed_objects_toml_is_told_with_its_place(
    tmp_path: Path, text: bytes, line: int | None, says: str, cure: str
) -> None:
    file = tmp_path / "samples" / "mine" / "objects.toml"
    file.parent.mkdir(parents=True)
    file.write_bytes(text)
    with pytest.raises(UsageError) as caught:
        Workflow("mine", tmp_path).objects()
    (finding,) = caught.value.findings
    assert (finding.file, finding.line) == (str(file), line)
    assert says in finding.message
    assert cure in finding.cure


def test_objects_are_folders_beside_the_file(tmp_path: Path) -> None:
    workflow = Workflow("mine", tmp_path.resolve())
    assert workflow.objects() == {}
    workflow.samples.mkdir(parents=True)
    (workflow.samples / "objects.toml").write_text('[objects]\n"s3://b/in" = "data"\n')
    assert workflow.objects() == {"s3://b/in": workflow.samples / "data"}
