"""Simulated answers: they fit the elements' schemas, err as often as the crowd file says, and follow from the seed."""

from __future__ import annotations

import html
import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from truthkit.elements import load_catalogue
from truthkit.findings import TruthkitError, UsageError
from truthkit.workforce.simulated.crowd import BUILT_IN, Crowd, Group, crowd_file, load_crowd, parse_crowd
from truthkit.workforce.simulated.form import KIND_OF_TAG, REFUSED, read_form
from truthkit.workforce.simulated.gold import Gold, Pictures
from truthkit.workforce.simulated.rankings import Ranks, in_order, ranks_of
from truthkit.workforce.simulated.team import Question, Questions, Team
from truthkit_core.answers import FormAnswer
from truthkit_core.messages.checks import ContractError
from truthkit_core.strategies import KINDS, Settings, consolidate_objects

LABELS = ("cat", "dog", "eel", "fox")
SIZE = {"inputImageProperties": {"width": 120, "height": 90}}
TEXT = "Ada Lovelace, of 🏠 London, wrote to Charles Babbage about the engine in 1843. She was right."
SQUARE = [{"x": 10, "y": 10}, {"x": 60, "y": 12}, {"x": 55, "y": 70}, {"x": 12, "y": 60}]
GOLD: dict[str, Any] = {
    "class": {"label": "cat"},
    "set": {"labels": ["cat", "fox"]},
    "choice": {"label": "cat"},
    "flags": {"labels": ["cat"]},
    "number": {"value": 7},
    "text": {"text": "The lamp is out."},
    "spans": {"entities": [{"label": "cat", "startOffset": 0, "endOffset": 12},
                           {"label": "dog", "startOffset": 37, "endOffset": 52}]},
    "ranking": {"Clarity": [1, 2, 2], "Truth": [3, 1, 2]},
    "pairs": {"questionsAndAnswers": [
        {"question": "Who wrote to Babbage?", "answer": "Ada Lovelace", "tags": ["cat"],
         "references": [{"startOffset": 0, "endOffset": 12}, {"startOffset": 37, "endOffset": 52}]},
        {"question": "When was that?", "answer": "In 1843."}]},
    "boxes": {"boundingBoxes": [{"label": "cat", "left": 5, "top": 6, "width": 40, "height": 30},
                                {"label": "dog", "left": 70, "top": 50, "width": 50, "height": 40}], **SIZE},
    "keypoints": {"keypoints": [{"label": "cat", "x": 120, "y": 90}, {"label": "dog", "x": 0, "y": 5}], **SIZE},
    "lines": {"lines": [{"label": "cat", "vertices": SQUARE[:2]}], **SIZE},
    "polylines": {"polylines": [{"label": "cat", "vertices": SQUARE[:3]}], **SIZE},
    "polygons": {"polygons": [{"label": "cat", "vertices": SQUARE}], **SIZE},
    "semantic-mask": {"polygons": [{"label": "cat", "vertices": SQUARE},
                                   {"label": "dog", "vertices": SQUARE[:3]}], **SIZE},
    "instance-masks": {"polygons": [{"label": "cat", "vertices": SQUARE}], **SIZE},
}  # fmt: skip
ERRS: dict[str, Any] = {
    "wrong_label": 0.2, "missed": 0.2, "added": 0.5, "border_off": 0.4, "border_words": 1.5, "jitter": 0.3,
    "mask_edge": 0.1, "mask_shift": 0.1, "number_off": 0.2, "typing": 0.3, "swapped": 0.2,
}  # fmt: skip


def markup(tag: str, extra: str = "") -> str:
    labels = html.escape(json.dumps(list(LABELS)))
    if tag == "select":
        return f'<select name="it">{"".join(f"<option value={one}>" for one in LABELS)}</select>'
    if tag in ("crowd-radio-button", "crowd-checkbox", "crowd-toggle-button"):
        return "".join(f'<{tag} name="it" value="{one}"></{tag}>' for one in LABELS)
    return (
        f'<{tag} name="it" categories="{labels}" labels="{labels}" text="{html.escape(TEXT)}" min="0" max="10"'
        f' src="http://127.0.0.1/none/there.png" question-tags="{labels}" max-questions="3" responses="[1, 2, 3]"'
        f" ordinal-ranking-dimensions=\"[{{name: 'Clarity', allowTie: true}}, {{name: 'Truth'}},]\" {extra}></{tag}>"
    )


def question(folder: Path, page: str, gold: Any, object_id: str = "0") -> Question:
    file = folder / "gold.jsonl"
    file.write_text((json.dumps(gold) + "\n") * (int(object_id) + 1))
    return Questions(Gold(file, "label"), Pictures({}), LABELS, "page").of(object_id, page)


def team(seed: int = 0, *, pool: int = 60, spam: bool = True, **rates: Any) -> Team:
    groups: list[Any] = [Group("one", 0.8, **rates)]
    groups += [Group("random", 0.1, spam="random"), Group("first", 0.1, spam="first")]
    return Team(Crowd("", tuple(groups) if spam else (Group("one", 1.0, **rates),), pool), seed)


TAGS = [*(tag for tag in KIND_OF_TAG if tag.startswith("crowd-")), "crowd-radio-button", "crowd-checkbox"]


@pytest.mark.parametrize("tag", [*TAGS, "crowd-toggle-button"])
def test_answers_fit_the_schema_of_their_element(tag: str, tmp_path: Path) -> None:
    about = load_catalogue()[tag].answer
    assert about is not None
    page = markup(tag)
    [field] = read_form(page)
    asked = question(tmp_path, page, GOLD[field.kind])
    for seed in range(2):
        crowd = team(seed, **ERRS)
        for worker in crowd.ids:
            content = crowd.respond(worker, asked).content
            assert content is not None
            if about.place == "top-level":
                jsonschema.validate(content, about.schema)
            elif field.name in content:
                jsonschema.validate(content[field.name], about.schema)
            # JSON carries it.
            assert json.loads(json.dumps(content, allow_nan=False)) == content


SIMULATED = [name for name in KINDS if name in KIND_OF_TAG.values()]


def test_every_element_with_an_answer_is_simulated_or_refused() -> None:
    """As docs/simulate.md says; and so is every kind that can be consolidated."""
    assert set(KINDS) == set(SIMULATED)
    several = {"crowd-radio-button", "crowd-checkbox", "crowd-toggle-button"}
    answering = {name for name, one in load_catalogue().items() if one.answer is not None}
    assert answering == {tag for tag in KIND_OF_TAG if tag.startswith("crowd-")} | several | (answering & set(REFUSED))
    assert answering & set(REFUSED) == {"crowd-textract-analyze-document"}


@pytest.mark.parametrize("name", SIMULATED)
def test_who_makes_no_mistake_is_consolidated_to_the_truth(name: str, tmp_path: Path) -> None:
    """Every kind that is simulated, end to end through the strategies' own reader."""
    tag = next(tag for tag, one in KIND_OF_TAG.items() if one == name and tag.startswith("crowd-"))
    asked = question(tmp_path, markup(tag), GOLD[name])
    crowd = team(spam=False, pool=3)
    answers = [FormAnswer(worker, dict(crowd.respond(worker, asked).content or {})) for worker in crowd.ids]
    options = {"dimension": "Truth"} if name == "ranking" else {}
    settings = Settings.of({"kind": name, "field": "it", **options}, LABELS if KINDS[name].labels else ())
    [label] = consolidate_objects({"0": answers}, settings).values()
    assert label.value is not None, label.reason
    assert not [problem for answer in answers for problem in answer.problems]
    again = question(tmp_path, markup(tag), answers[0].fields["it"] if "mask" in name else GOLD[name])
    assert str(again.truths["it"]) == str(asked.truths["it"]) or name == "semantic-mask"


def test_the_same_seed_gives_the_same_answers_whoever_else_is_asked(tmp_path: Path) -> None:
    asked = question(tmp_path, markup("crowd-bounding-box"), GOLD["boxes"])
    one, other = (
        team(5, skill_spread=0.5, seconds_spread=0.5, **ERRS),
        team(5, skill_spread=0.5, seconds_spread=0.5, **ERRS),
    )
    forward = {worker: one.respond(worker, asked) for worker in one.ids}
    backward = {worker: other.respond(worker, asked) for worker in reversed(other.ids)}
    assert forward == backward
    assert list(one.order("7")) == list(other.order("7")) != list(one.order("8"))
    third = team(6, **ERRS)
    assert [third.respond(worker, asked).content for worker in one.ids] != [r.content for r in forward.values()]


def near(found: float, wanted: float, number: int) -> bool:
    """Within four standard errors of a share."""
    return abs(found - wanted) < 4 * math.sqrt(max(wanted * (1 - wanted), 1e-4) / number)


def responses(folder: Path, tag: str, gold: Any, crowd: Team, objects: int) -> list[dict[str, Any] | None]:
    first = question(folder, markup(tag), gold)
    found = []
    for number in range(objects):
        asked = Question(str(number), first.asked, first.truths)
        found += [crowd.respond(worker, asked).content for worker in crowd.ids]
    return found


def test_labels_are_mistaken_as_often_as_the_crowd_file_says(tmp_path: Path) -> None:
    given = responses(tmp_path, "crowd-classifier", {"label": "cat"}, team(spam=False, wrong_label=0.15), 100)
    counts = Counter(content["it"]["label"] for content in given if content)
    assert near(1 - counts["cat"] / len(given), 0.15, len(given))
    assert all(near(counts[other] / len(given), 0.05, len(given)) for other in LABELS[1:])


def test_labels_are_mistaken_as_the_confusion_matrix_says(tmp_path: Path) -> None:
    crowd = team(spam=False, wrong_label=0.5, confusion={"cat": {"dog": 0.3, "fox": 0.1}})
    given = responses(tmp_path, "crowd-classifier", {"label": "cat"}, crowd, 100)
    counts = Counter(content["it"]["label"] for content in given if content)
    for label, share in {"cat": 0.6, "dog": 0.3, "eel": 0.0, "fox": 0.1}.items():
        assert near(counts[label] / len(given), share, len(given)), label


def test_the_rates_hold_on_average_however_workers_and_objects_differ(tmp_path: Path) -> None:
    first = question(tmp_path, markup("crowd-classifier"), {"label": "cat"})
    for seed in range(2):
        group = Group("one", 1.0, wrong_label=0.1, skill_spread=0.5)
        crowd = Team(Crowd("", (group,), 500, object_spread=0.8, thing_spread=1.2), seed)
        chosen = crowd.ids[:: 500 // 12]
        wrong = [
            crowd.respond(worker, Question(str(number), first.asked, first.truths)).content != {"it": {"label": "cat"}}
            for number in range(500)
            for worker in chosen
        ]
        # Objects are drawn too: four standard errors of 500 means that differ by about 0.16.
        assert abs(sum(wrong) / len(wrong) - 0.1) < 4 * 0.16 / math.sqrt(500)
    assert len({round(one, 6) for one in crowd.crowd.skills(0)}) == 500


def mistakes(folder: Path, objects: int, **spreads: Any) -> list[list[str]]:
    """By object, the wrong labels of forty workers who err three times in ten."""
    first = question(folder, markup("crowd-classifier"), {"label": "cat"})
    crowd = Team(Crowd("", (Group("one", 1.0, wrong_label=0.3),), 40, **spreads), 1)
    found = []
    for number in range(objects):
        asked = Question(str(number), first.asked, first.truths)
        labels = [(crowd.respond(worker, asked).content or {})["it"]["label"] for worker in crowd.ids]
        found.append([label for label in labels if label != "cat"])
    return found


def test_what_is_hard_is_hard_for_all_workers(tmp_path: Path) -> None:
    """What more workers do not mend."""
    alike = [len(some) / 40 for some in mistakes(tmp_path, 120)]
    apart = [len(some) / 40 for some in mistakes(tmp_path, 120, thing_spread=1.5)]
    assert sum(share > 0.5 for share in alike) <= 2
    # P(the latent rate of an object is above a half) = 1 - Phi(0.524 * sqrt(1 + 1.5 ** 2) / 1.5) = 0.264
    assert near(sum(share > 0.5 for share in apart) / 120, 0.264, 120)


def test_workers_share_their_mistakes_as_the_crowd_file_says(tmp_path: Path) -> None:
    for same in (0.0, 0.6, 1.0):
        found = mistakes(tmp_path, 120, same_mistake=same)
        pairs = [one == other for some in found for place, one in enumerate(some) for other in some[:place]]
        # The label that the object invites, and the two others.
        invited, other = same + (1 - same) / 3, (1 - same) / 3
        assert abs(sum(pairs) / len(pairs) - (invited**2 + 2 * other**2)) < 0.03
    assert len({max(Counter(some)) for some in found}) == 3  # not one label for all objects


def test_passages_are_missed_added_and_cut_as_the_crowd_file_says(tmp_path: Path) -> None:
    one = {"entities": [{"label": "cat", "startOffset": 37, "endOffset": 52}]}
    given = responses(tmp_path, "crowd-entity-annotation", one, team(spam=False, missed=0.2), 60)
    assert near(sum(not content["it"]["entities"] for content in given if content) / len(given), 0.2, len(given))
    given = responses(tmp_path, "crowd-entity-annotation", {"entities": []}, team(spam=False, added=0.3), 60)
    some = sum(bool(content["it"]["entities"]) for content in given if content) / len(given)
    assert near(some, 1 - math.exp(-0.3), len(given))
    given = responses(tmp_path, "crowd-entity-annotation", one, team(spam=False, border_off=0.25), 60)
    spans = [content["it"]["entities"][0] for content in given if content]
    assert near(sum(span["startOffset"] != 37 for span in spans) / len(spans), 0.25, len(spans))
    # Borders are those of words, in UTF-16 units.
    units = TEXT.encode("utf-16-le")
    texts = {units[2 * span["startOffset"] : 2 * span["endOffset"]].decode("utf-16-le") for span in spans}
    assert "Charles Babbage" in texts
    assert texts <= {"Charles Babbage", "Babbage", "to Charles Babbage", "Charles", "Charles Babbage about",
                     "Babbage about", "to Charles", "to Charles Babbage about"}  # fmt: skip


def test_neighbours_in_a_ranking_change_places_as_often_as_the_crowd_file_says(tmp_path: Path) -> None:
    """And all six orders have the probabilities of Mallows' model."""
    right = {"Clarity": [1, 2, 3], "Truth": [3, 1, 2]}
    given = responses(tmp_path, "crowd-text-ranking", {"it": right}, team(spam=False, swapped=0.2), 60)
    orders = Counter(tuple(content["ordinalRankingDimensions"][1]["responseRankings"]) for content in given if content)
    phi = 0.2 / 0.8
    # Inversions against (3, 1, 2), by order.
    away = {(3, 1, 2): 0, (3, 2, 1): 1, (2, 1, 3): 1, (2, 3, 1): 2, (1, 2, 3): 2, (1, 3, 2): 3}
    total = sum(phi**steps for steps in away.values())
    for order, steps in away.items():
        assert near(orders[order] / len(given), phi**steps / total, len(given)), order
    swapped = sum(count for order, count in orders.items() if order[1] > order[2]) / len(given)
    assert near(swapped, 0.2, len(given))


def test_ties_come_back_where_the_page_allows_them(tmp_path: Path) -> None:
    right = {"Clarity": [2, 1, 2], "Truth": [2, 1, 2]}
    given = responses(tmp_path, "crowd-text-ranking", {"it": right}, team(spam=False), 5)
    for content in given:
        assert content is not None
        clarity, truth = (one["responseRankings"] for one in content["ordinalRankingDimensions"])
        assert clarity == [2, 1, 2]
        assert truth in ([2, 1, 3], [3, 1, 2])


def test_a_label_is_compared_by_the_pairs_that_it_has_in_order() -> None:
    right = [Ranks("a", True, (1, 2, 2)), Ranks("b", False, (1, 2, 3))]
    for ranks, share in (((1, 2, 3), 1.0), ((2, 1, 3), 0.5), ((1, 1, 2), 0.75), ((2, 1, 1), 0.0)):
        # What is tied in the gold is not asked for, nor a dimension of which the label says nothing.
        assert in_order([Ranks("a", True, ranks)], right) == share
    assert ranks_of([["1"], ["0", "2"]]) == [2, 1, 2]
    with pytest.raises(ContractError, match="no place of a response"):
        ranks_of([["best"], ["0"]])


def test_several_rankings_share_one_list(tmp_path: Path) -> None:
    page = markup("crowd-text-ranking") + markup("crowd-text-ranking").replace('"it"', '"that"').replace("Truth", "Wit")
    gold = {"it": {"Clarity": [1, 2, 3], "Truth": [1, 2, 3]}, "that": {"Clarity": [3, 2, 1], "Wit": [1, 2, 3]}}
    crowd = team(spam=False)
    content = crowd.respond(crowd.ids[0], question(tmp_path, page, gold)).content
    assert content is not None
    assert [one["name"] for one in content["ordinalRankingDimensions"]] == ["Clarity", "Truth", "Clarity", "Wit"]


def test_questions_are_left_out_and_mistyped_but_never_too_few(tmp_path: Path) -> None:
    given = responses(tmp_path, "crowd-question-answer-generation", GOLD["pairs"], team(spam=False, missed=0.3), 20)
    counts = Counter(len(content["it"]["questionsAndAnswers"]) for content in given if content)
    # Of two, the last is kept: the page wants one.
    assert near(counts[2] / len(given), 0.49, len(given))
    assert set(counts) == {1, 2}
    typed = responses(tmp_path, "crowd-question-answer-generation", GOLD["pairs"], team(spam=False, typing=0.5), 2)
    questions = {content["it"]["questionsAndAnswers"][0]["question"] for content in typed if content}
    assert len(questions) > 10
    long = question(
        tmp_path, markup("crowd-question-answer-generation", 'min-questions="3" question-min-words="5"'), GOLD["pairs"]
    )
    crowd = team(added=1.0)
    for worker in crowd.ids:
        content = crowd.respond(worker, long).content
        assert content is not None
        assert len(content["it"]["questionsAndAnswers"]) == 3
        made_up = [one for one in content["it"]["questionsAndAnswers"] if one["question"].startswith("What about")]
        assert all(len(one["question"].split()) >= 5 for one in made_up)


def test_attributes_are_read_as_the_elements_read_them() -> None:
    """Bare keys, trailing commas and comments too."""
    page = """<crowd-bounding-box name="b" labels="[{label: 'car', shortDisplayName: 'c'}, 'tree', /* more */]">
      <crowd-rekognition-detect-moderation-labels categories="['Nudity', {name: 'Weapons', parentName: 'Violence'}]">
      <select name="s" multiple><option value="x"><option value="y"></select>
      <input name="off" disabled><crowd-text-ranking crowd-form-element-id="f"></crowd-text-ranking>"""
    fields = {field.name: (field.kind, field.options) for field in read_form(page)}
    assert fields == {
        "b": ("boxes", ("car", "tree")),
        "AWS/Rekognition/DetectModerationLabels/Image/V3": ("set", ("Nudity", "Weapons")),
        "s": ("set", ("x", "y")),
        "crowd-text-ranking": ("ranking", ()),
    }


def test_moderation_labels_come_back_whole(tmp_path: Path) -> None:
    page = """<crowd-rekognition-detect-moderation-labels categories="['A', {name: 'B', parentName: 'C'}]">"""
    crowd = team(spam=False)
    for gold, expected in (({"labels": ["B"]}, [{"name": "B", "parentName": "C"}]), ({"labels": []}, [])):
        content = crowd.respond(crowd.ids[0], question(tmp_path, page, gold)).content
        assert content == {"AWS/Rekognition/DetectModerationLabels/Image/V3": {"moderationLabels": expected}}


@pytest.mark.parametrize(
    ("confusion", "said"),
    [
        ({"cat": {"cow": 0.1}}, "confusion.cat: names 'cow', which is no label here"),
        ({"cta": {"dog": 0.1}}, "confusion.cta: is no label here"),
        ({"cat": {"dog": 0.1}, "Foxx": {"dog": 0.1}}, "spell it 'fox'"),
        ({"World": {"Sports": 0.1}}, "confusion.World: is no label here"),
    ],
)  # fmt: skip
def test_a_confusion_matrix_of_other_labels_is_told_with_its_line(
    confusion: dict[str, dict[str, float]], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "crowd.toml"
    rows = "".join(
        f"{truth} = {{ {label} = {rate} }}\n" for truth, row in confusion.items() for label, rate in row.items()
    )
    file.write_text(f'[[workers]]\nname = "one"\nshare = 1.0\n\n[workers.confusion]\n{rows}')
    crowd = Team(load_crowd(file), 0)
    asked = question(tmp_path, markup("crowd-classifier"), {"label": "cat"})
    with pytest.raises(TruthkitError) as raised:
        crowd.respond(crowd.ids[0], asked)
    [finding] = raised.value.findings
    assert said in f"{finding.message} {finding.cure}"
    assert finding.file == str(file)
    assert finding.line == 5 + len(confusion)


def test_rows_of_another_workflow_may_stand_in_a_confusion_matrix(tmp_path: Path) -> None:
    crowd = team(spam=False, confusion={"cat": {"dog": 1.0}, "World": {"Sports": 0.1}})
    content = crowd.respond(crowd.ids[0], question(tmp_path, markup("crowd-classifier"), {"label": "cat"})).content
    assert content == {"it": {"label": "dog"}}


def test_boxes_jitter_by_a_part_of_their_size(tmp_path: Path) -> None:
    gold = {
        "boundingBoxes": [{"label": "cat", "left": 400, "top": 300, "width": 200, "height": 100}],
        "inputImageProperties": {"width": 1000, "height": 800},
    }
    given = responses(tmp_path, "crowd-bounding-box", gold, team(spam=False, jitter=0.05), 40)
    lefts = [content["it"]["boundingBoxes"][0]["left"] - 400 for content in given if content]
    tops = [content["it"]["boundingBoxes"][0]["top"] - 300 for content in given if content]
    assert abs(math.sqrt(sum(x * x for x in lefts) / len(lefts)) - 10) < 1
    assert abs(math.sqrt(sum(y * y for y in tops) / len(tops)) - 5) < 0.5


def test_tasks_are_given_back_and_take_time_as_the_crowd_file_says(tmp_path: Path) -> None:
    asked = question(tmp_path, markup("crowd-bounding-box"), GOLD["boxes"])
    crowd = team(spam=False, returned=0.1, seconds=10, seconds_each=5, seconds_spread=0.5, pool=800)
    given = [crowd.respond(worker, asked) for worker in crowd.ids]
    assert near(sum(one.content is None for one in given) / len(given), 0.1, len(given))
    assert abs(sum(one.seconds for one in given) / len(given) - 20) < 2
    hurried = Team(crowd.crowd, 0, time_limit=15)
    assert "the worker ran out of time" in {hurried.respond(worker, asked).reason for worker in hurried.ids}


# --- crowd files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_crowds_of_the_package_are_files_like_any(name: str) -> None:
    crowd = load_crowd(crowd_file(name))
    assert crowd.description
    assert len(crowd.team()) == crowd.pool


GOOD = """description = "x"
pool = 4

[[workers]]
name = "one"
share = 0.5
wrong_label = 0.1

[[workers]]
name = "two"
share = 0.5
spam = "random"

[workers.confusion]
World = { Sports = 0.2 }
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("pool = 4", "pool = 0", 2, "1 to 1,000"),
        ("wrong_label = 0.1", "wrong_lable = 0.1", 7, "spell it 'wrong_label'"),
        ("wrong_label = 0.1", "wrong_label = 1.5", 7, "0 to 1"),
        ("wrong_label = 0.1", 'wrong_label = "often"', 7, "must be a number"),
        ('spam = "random"', 'spam = "randm"', 12, "spell it 'random'"),
        ("share = 0.5\nspam", "share = 0.4\nspam", 11, "sum to 1"),
        ('name = "two"', 'name = "one"', 10, "twice"),
        ('name = "two"\n', "", 9, "missing"),
        ("Sports = 0.2", "Sports = 1.2", 15, "0 to 1"),
        ("pool = 4", "pool = ", 2, "not TOML"),
        ("pool = 4", "workrs = 4", 2, "spell it 'workers'"),
    ],
)  # fmt: skip
def test_a_wrong_crowd_file_is_told_with_line_and_cure(
    old: str, new: str, line: int, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "crowd.toml"
    assert old in GOOD
    file.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(TruthkitError) as raised:
        load_crowd(file)
    [finding] = raised.value.findings
    assert (finding.file, finding.line) == (str(file), line)
    assert said in f"{finding.message} {finding.cure}"
    assert finding.cure


def test_shares_of_the_pool_go_to_whole_workers() -> None:
    table = {"pool": 10, "workers": [{"name": n, "share": s} for n, s in (("a", 0.65), ("b", 0.25), ("c", 0.1))]}
    assert Counter(group.name for group in parse_crowd(table).team()) == {"a": 7, "b": 2, "c": 1}


def test_what_cannot_be_simulated_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="careful"):
        crowd_file("carefull")
    with pytest.raises(UsageError, match="pool = 5"):
        Team(Crowd("", (Group("one", 1.0),), 3), 0, wanted=5)
    with pytest.raises(TruthkitError, match="says nothing of the page's fields: it"):
        question(tmp_path, markup("crowd-classifier"), {"other": 1})
    with pytest.raises(TruthkitError, match="size of the picture"):
        question(tmp_path, markup("crowd-bounding-box"), {"boundingBoxes": []})
    with pytest.raises(TruthkitError, match="no field with a name"):
        question(tmp_path, "<crowd-form><p>Hello</p></crowd-form>", {"label": "x"})
    page = markup("crowd-classifier") + "<crowd-textract-analyze-document></crowd-textract-analyze-document>"
    with pytest.raises(TruthkitError, match="crowd-textract-analyze-document cannot be simulated"):
        question(tmp_path, page, {"label": "cat"})
    with pytest.raises(TruthkitError, match="h: is a hidden field, which a script fills"):
        question(tmp_path, markup("crowd-classifier") + '<input type="hidden" name="h">', {"it": "cat", "h": "x"})
    for wrong, said in (
        ({"Clarity": [1, 2, 3]}, "Truth: is missing"),
        ({"Clarity": [1, 2, 3], "Truth": [1, 2]}, "must be 3 whole numbers"),
        ({"Clarity": [1, 2, 3], "Truth": [1, 2, 3], "Beauty": [1, 2, 3]}, "Beauty: is no dimension"),
    ):
        with pytest.raises(TruthkitError, match=said):
            question(tmp_path, markup("crowd-text-ranking"), {"it": wrong})
    with pytest.raises(TruthkitError, match="must be a list"):
        question(tmp_path, markup("crowd-keypoint"), {"it": {"keypoints": 3}})
    file = tmp_path / "bad.jsonl"
    file.write_text('{"label": 1}\n{"label"\n')
    with pytest.raises(TruthkitError) as raised:
        Gold(file, "label")
    assert raised.value.findings[0].line == 2


def test_fields_beside_the_one_with_gold_stay_untouched(tmp_path: Path) -> None:
    page = (
        markup("crowd-classifier")
        + '<input type="radio" name="sure" value="yes"><input type="radio" name="sure" value="no">'
    )
    page += '<textarea name="note"></textarea><crowd-input name="more"></crowd-input>'
    page += '<input type="hidden" name="h" value="x">'
    crowd = team(spam=False)
    content = crowd.respond(crowd.ids[0], question(tmp_path, page, {"label": "cat"})).content
    assert content == {"it": {"label": "cat"}, "sure": {"yes": False, "no": False}, "note": "", "h": "x"}
    both = question(tmp_path, page, {"it": {"label": "cat"}, "sure": {"label": "no"}})
    content = crowd.respond(crowd.ids[0], both).content
    assert content is not None
    assert content["sure"] == {"yes": False, "no": True}
