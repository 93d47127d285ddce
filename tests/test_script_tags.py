"""Tags as a browser finds them: comments, quotes, elements of text; where a head begins."""

from __future__ import annotations

import pytest

from truthkit.script_tags import address_of, bundle_name, head_start, tags


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p>a<B c>", ["p", "b"]),
        ("<!-- <p> --><b>", ["b"]),
        ("<!--><b>-->", ["b"]),
        ("<!---><b>", ["b"]),
        ("<!-- a --!><b>", ["b"]),
        ("<i><!-- <b>", ["i"]),
        ('<a x="<b>"><i>', ["a", "i"]),
        ("<a x='>' y=\">\"><i>", ["a", "i"]),
        ("<p don't><b>it's</b><i>", ["p", "b", "i"]),
        ("<a x=it's><i>", ["a", "i"]),
        ('<i><a x="<b>', ["i"]),
        ("<a =x><br/><i>", ["a", "br", "i"]),
        ("<script>'<b>'</script ><i>", ["script", "i"]),
        ("<script>'</scripts><b>'</SCRIPT/x><i>", ["script", "i"]),
        ("<style><b></style><title><b></title><textarea><b></textarea><i>", ["style", "title", "textarea", "i"]),
        ("<script>'<b>", ["script"]),
        ("a < b <1> </p> <!doctype x> <i>", ["i"]),
        ("<head-banner><i>", ["head-banner", "i"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_tags(page: str, found: list[str]) -> None:
    assert [tag.name for tag in tags(page)] == found


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ('<a b="x > y" src="1">', "1"),
        ("<a src='1' src='2'>", "1"),
        ("<a SRC = 1>", "1"),
        ("<a src=1/2>", "1/2"),
        ("<a src>", ""),
        ("<a src=>", ""),
        ("<a/src=' 1&amp;2 '>", "1&2"),
        ('<a b="src=2">', None),
        ("<a data-src=2>", None),
    ],
)
def test_the_value_of_an_attribute(tag: str, value: str | None) -> None:
    (found,) = tags(tag)
    attribute = found.get("src")
    assert (attribute and address_of(tag, attribute)) == value


@pytest.mark.parametrize("part", ['<a b="', "<a '", "<!--", "<script>", "<a b=", "<a ", "< <!-"])
def test_a_page_that_never_ends_its_tags_is_read_in_one_go(part: str) -> None:
    assert len(list(tags(part * 100_000))) <= 1


@pytest.mark.parametrize(
    ("page", "before"),
    [
        ("<p>", None),
        ("", None),
        ("<!-- <head> --><p>", None),
        ("<head-banner>", None),
        ("<header>", None),
        ("<p><head>", None),
        ("<!doctype html><p>", "<!doctype html>"),
        (" <!-- c --> <!DOCTYPE html>\n<!-- <head> -->\n<p>", " <!-- c --> <!DOCTYPE html>"),
        ("<html a='>'>\n<head\tb><p>", "<html a='>'>\n<head\tb>"),
        ("<!-- <head> --><head>", "<!-- <head> --><head>"),
        ("<html><head/><p>", "<html><head/>"),
        ("<html><body>", "<html>"),
    ],
)
def test_where_a_head_begins(page: str, before: str | None) -> None:
    start = head_start(page)
    assert (None if start is None else page[:start]) == before


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/truthkit/a-b.js", "a-b"),
        ("truthkit/a.js?v=1", "a"),
        ("https://c.d/truthkit/a.js#x", "a"),
        ("/truthkit-a.js", None),
        ("/truthkit/a.json", None),
        ("/truthkit/b/a.js", None),
        ("/untruthkit/a.js", None),
    ],
)
def test_which_bundle_an_address_names(address: str, name: str | None) -> None:
    assert bundle_name(address) == name
