"""JSON whose numbers are written as they were read."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truthkit.exact_json import dumps, loads

# A busy machine is no fault of the code.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
EXPONENT = "[eE][+-]?[0-9]{1,2}"
LITERAL = st.from_regex(rf"-?(0|[1-9][0-9]{{0,30}})(\.[0-9]{{1,30}}({EXPONENT})?|{EXPONENT})", fullmatch=True)


@PATIENT
@given(VALUE)
def test_what_has_plain_numbers_is_written_as_json_does(value: object) -> None:
    assert dumps(value) == json.dumps(value)
    assert loads(dumps(value)) == value


@PATIENT
@given(st.lists(LITERAL, max_size=4))
def test_literals_stay(literals: list[str]) -> None:
    text = '{"a": [' + ", ".join(literals) + '], "b": {"c": 0}}'
    assert dumps(loads(text)) == text
    assert loads(text) == json.loads(text)
    assert json.dumps(loads(text)) == json.dumps(json.loads(text)), "for everyone else they are plain numbers"


def test_literals_stay_in_copies() -> None:
    value = loads("[1.10, 0.12345678901234567891, 1e2]")
    assert dumps(copy.deepcopy(value)) == "[1.10, 0.12345678901234567891, 1e2]"
    assert f"{value[0]} {value[2]}" == "1.1 100.0", "printed as a number, as the service's templates do"


@pytest.mark.parametrize(("value", "error"), [(float("nan"), ValueError), ({1, 2}, TypeError)], ids=["nan", "set"])
def test_what_json_has_not_is_refused(value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        dumps({"a": [value]})


def test_keys_that_are_no_strings_are_written_as_json_does() -> None:
    assert dumps({1: 2, None: True}) == json.dumps({1: 2, None: True})


def test_depth_is_no_fault() -> None:
    value: object = 1
    for _ in range(950):
        value = [value]
    assert json.loads(dumps(value)) == value
