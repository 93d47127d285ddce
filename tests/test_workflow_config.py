"""workflow.toml: what it may say, and that every mistake is named with file, line, key and cure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from truthkit_core.messages import ContractError
from truthkit_core.workflow import WorkflowConfig, check_label_attribute

MINIMAL = 'title = "Taste"\ndescription = "Say what you taste"\ntask_time_limit_seconds = 600\n'


def write(folder: Path, source: str | bytes, name: str = "tea_aroma") -> Path:
    file = folder / name / "workflow.toml"
    file.parent.mkdir()
    file.write_bytes(source.encode("utf-8") if isinstance(source, str) else source)
    return file


def test_defaults(tmp_path: Path) -> None:
    config = WorkflowConfig.load(write(tmp_path, MINIMAL))
    assert config == WorkflowConfig(
        title="Taste",
        description="Say what you taste",
        task_time_limit_seconds=600,
        label_attribute="tea-aroma",
        keywords=(),
        labels=(),
        workers=3,
        task_availability_lifetime_seconds=2_592_000,
        pre_timeout_seconds=30,
        post_timeout_seconds=300,
        consolidation={},
    )


def test_everything_given(tmp_path: Path) -> None:
    source = (
        MINIMAL
        + """
        keywords = ["tea", "taste test"]
        labels = ["fruity", "Malt & smoke"]
        label_attribute = "aroma"
        earlier_label = "street-ref"
        workers = 9
        task_availability_lifetime_seconds = 60
        pre_timeout_seconds = 1
        post_timeout_seconds = 900
        [consolidation]
        threshold = 0.5
        order = ["b", "a"]
        """
    )
    config = WorkflowConfig.load(write(tmp_path, source))
    assert config.keywords == ("tea", "taste test")
    assert config.labels == ("fruity", "Malt & smoke")
    assert (config.label_attribute, config.earlier_label, config.workers) == ("aroma", "street-ref", 9)
    assert config.consolidation == {"threshold": 0.5, "order": ["b", "a"]}


def test_the_kits_own_workflows_load() -> None:
    files = list((Path(__file__).parents[1] / "lambdas").glob("*/workflow.toml"))
    assert files
    for file in files:
        assert WorkflowConfig.load(file).label_attribute == file.parent.name.replace("_", "-")


REFUSED = {
    "title-empty": ('title = ""', "title", "1 to 128"),
    "title-long": (f'title = "{"x" * 129}"', "title", "129 characters"),
    "title-emoji": ('title = "Taste 🍵"', "title", "emoji"),
    "title-number": ("title = 7", "title", "must be a string"),
    "description-long": (f'description = "{"x" * 256}"', "description", "1 to 255"),
    "description-lines": ('description = "one\\ntwo"', "description", "on one line"),
    "keywords-text": ('keywords = "tea, taste"', "keywords", "must be a list"),
    "keywords-six": ('keywords = ["a", "b", "c", "d", "e", "f"]', "keywords", "allowed are 5"),
    "keyword-hyphen": ('keywords = ["tea", "taste-test"]', "keywords[1]", "letters and digits"),
    "keyword-long": (f'keywords = ["{"x" * 31}"]', "keywords[0]", "1 to 30"),
    "keywords-none": ("keywords = []", "keywords", "is empty"),
    "labels-twice": ('labels = ["a", "b", "a"]', "labels[2]", "there twice"),
    "labels-long": (f'labels = ["{"x" * 257}"]', "labels[0]", "1 to 256"),
    "labels-empty": ('labels = ["a", ""]', "labels[1]", "1 to 256"),
    "labels-none": ("labels = []", "labels", "is empty"),
    "label-number": ("labels = [1, 2]", "labels[0]", "quotes"),
    "attribute-metadata": ('label_attribute = "aroma-metadata"', "label_attribute", "-metadata"),
    "attribute-ref": ('label_attribute = "aroma-ref"', "label_attribute", "-ref"),
    "attribute-source": ('label_attribute = "source"', "label_attribute", "the data itself"),
    "attribute-source-ref": ('label_attribute = "source-ref"', "label_attribute", "-ref"),
    "attribute-underscore": ('label_attribute = "tea_aroma"', "label_attribute", "hyphens"),
    "earlier-metadata": ('earlier_label = "aroma-metadata"', "earlier_label", "-metadata"),
    "earlier-source": ('earlier_label = "source-ref"', "earlier_label", "the data itself"),
    "attribute-hyphen-last": ('label_attribute = "aroma-"', "label_attribute", "hyphens"),
    "attribute-long": (f'label_attribute = "{"x" * 128}"', "label_attribute", "1 to 127"),
    "workers-none": ("workers = 0", "workers", "1 to 9"),
    "workers-ten": ("workers = 10", "workers", "1 to 9"),
    "workers-text": ('workers = "3"', "workers", "whole number"),
    "workers-true": ("workers = true", "workers", "whole number"),
    "workers-fraction": ("workers = 2.5", "workers", "whole number"),
    "time-short": ("task_time_limit_seconds = 29", "task_time_limit_seconds", "30 to 28,800"),
    "time-long": ("task_time_limit_seconds = 28_801", "task_time_limit_seconds", "30 to 28,800"),
    "lifetime-short": (
        "task_availability_lifetime_seconds = 59",
        "task_availability_lifetime_seconds",
        "60 to 2,592,000",
    ),
    "lifetime-long": (
        "task_availability_lifetime_seconds = 2_592_001",
        "task_availability_lifetime_seconds",
        "2,592,000",
    ),
    "pre-timeout": ("pre_timeout_seconds = 901", "pre_timeout_seconds", "1 to 900"),
    "post-timeout": ("post_timeout_seconds = 0", "post_timeout_seconds", "1 to 900"),
    "consolidation-number": ("consolidation = 0.5", "consolidation", "[consolidation]"),
    "consolidation-nan": ("[consolidation]\nthreshold = nan", "consolidation.threshold", "JSON does not have"),
    "consolidation-date": ("[consolidation]\nday = 2026-05-04", "consolidation.day", "JSON does not have"),
    "unknown-near": ('lables = ["a"]', "lables", "did you mean 'labels'?"),
    "unknown-hyphen": ('label-attribute = "a"', "label-attribute", "did you mean 'label_attribute'?"),
    "unknown": ("price = 1", "price", "known keys: title"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_file_line_key_and_cure(case: str, tmp_path: Path) -> None:
    setting, path, words = REFUSED[case]
    key = re.split(r"[\s\[\]]", setting.lstrip("["))[0]
    kept = [line for line in MINIMAL.splitlines() if not line.startswith(f"{key} ")]
    file = write(tmp_path, "\n".join([*kept, "", setting]))
    with pytest.raises(ContractError) as caught:
        WorkflowConfig.load(file)
    error = caught.value
    assert (error.path, error.file, error.line) == (path, str(file), len(kept) + 2)
    assert error.cure
    assert words in str(error)


@pytest.mark.parametrize("key", ["title", "description", "task_time_limit_seconds"])
def test_missing_key(key: str, tmp_path: Path) -> None:
    source = "\n".join(line for line in MINIMAL.splitlines() if not line.startswith(key))
    with pytest.raises(ContractError, match=f"{key}: is missing .cure: add {key} = "):
        WorkflowConfig.load(write(tmp_path, source))


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        pytest.param('title = "Taste"\ndescription = Say\n', 2, "quotes", id="not-toml"),
        pytest.param(MINIMAL + "workers =", 4, "not TOML", id="ends-early"),
        pytest.param("\ufeff" + MINIMAL, 1, "byte-order mark", id="byte-order-mark"),
        pytest.param(MINIMAL.encode("utf-16"), None, "UTF-8", id="utf-16"),
    ],
)
def test_unreadable(source: str | bytes, line: int | None, words: str, tmp_path: Path) -> None:
    file = write(tmp_path, source)
    with pytest.raises(ContractError, match=words) as caught:
        WorkflowConfig.load(file)
    assert (caught.value.file, caught.value.line) == (str(file), line)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"workflow\.toml: the file does not exist"):
        WorkflowConfig.load(tmp_path / "workflow.toml")


@pytest.mark.parametrize("folder", ["source", "tea_", "tea_ref"])
def test_folder_name_that_is_no_label_attribute(folder: str, tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="set label_attribute"):
        WorkflowConfig.load(write(tmp_path, MINIMAL, folder))


def test_a_label_attribute_by_itself() -> None:
    assert check_label_attribute("a-" * 63 + "b") == "a-" * 63 + "b"
    for name in ("", "x" * 128, "a" + "-" * 126 + "b", "a_b", "a-metadata", "source", "é", "a\n"):
        with pytest.raises(ContractError, match="label_attribute"):
            check_label_attribute(name)
