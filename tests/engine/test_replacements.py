"""A replacement changes its target and nothing else, in JSON and in XML."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.engine.body import replace_at, replaced
from arazzo_tui.engine.serialize import CannotSend
from arazzo_tui.language.jsontext import Float
from arazzo_tui.language.values import Json, Pointer

JSON = "application/json"
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
ORDER: Json = {"id": 1, "items": [{"sku": "a"}, {"sku": "b"}], "a/b": 1, "m~n": 2, "": 3}


@pytest.mark.parametrize(
    ("target", "language", "result"),
    [
        ("/id", "", {**ORDER, "id": "new"}),
        ("#/id", "", {**ORDER, "id": "new"}),
        ("/items/1/sku", "jsonpointer", {**ORDER, "items": [{"sku": "a"}, {"sku": "new"}]}),
        ("/items/0", "", {**ORDER, "items": ["new", {"sku": "b"}]}),
        ("/a~1b", "", {**ORDER, "a/b": "new"}),
        ("/m~0n", "", {**ORDER, "m~n": "new"}),
        ("/", "", {**ORDER, "": "new"}),
        ("/added", "", {**ORDER, "added": "new"}),
        ("", "", "new"),
        ("$.items[0].sku", "jsonpath", {**ORDER, "items": [{"sku": "new"}, {"sku": "b"}]}),
        ("$.items[*].sku", "jsonpath", {**ORDER, "items": [{"sku": "new"}, {"sku": "new"}]}),
        ("$.items[?@.sku == 'b']", "", {**ORDER, "items": [{"sku": "a"}, "new"]}),
        ("$", "jsonpath", "new"),
    ],
)  # fmt: skip
def test_a_replacement_puts_its_value_at_the_target(
    target: str, language: str, result: Json
) -> None:
    """REP-1, REP-2, REP-3, REP-5, A-50: only the last member of an object may be new."""
    before = str(ORDER)
    assert replaced(ORDER, target, "new", language) == result
    assert str(ORDER) == before


def test_a_replacement_in_json_text_reads_it_first_and_keeps_types() -> None:
    assert replaced('{"a": 1.10, "b": 2}', "/b", [None], content_type=JSON) == {
        "a": Float("1.10"), "b": [None],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("payload", "target", "language", "said"),
    [
        (
            ORDER,
            "/missing/path",
            "",
            "`/missing/path` names nothing: there is no `missing` in the payload",
        ),
        (ORDER, "/items/2", "", "names nothing"),
        (ORDER, "/items/-", "", "names nothing"),
        (ORDER, "/id/x", "", "names nothing"),
        (ORDER, "id", "", "a JSON Pointer is empty or starts with `/`"),
        (ORDER, "/a~2", "", "`~` in a JSON Pointer"),
        (ORDER, "$.gone", "jsonpath", "`$.gone` selects nothing"),
        (ORDER, "$.[", "jsonpath", "the replacement target `$.[`"),
        ("not json", "/a", "", "points into JSON, but the payload is none"),
        (ORDER, "//a", "xpath", "is an XPath, but the payload is no XML"),
    ],
)
def test_a_target_that_names_nothing_is_an_error_that_names_it(
    payload: Json, target: str, language: str, said: str
) -> None:
    """A-50"""
    with pytest.raises(CannotSend) as caught:
        replaced(payload, target, "new", language)
    assert said in str(caught.value)


def test_a_jsonpath_target_is_read_by_its_version() -> None:
    """REP-3, SEL-2"""
    last, draft = "$.items[(@.length-1)].sku", "draft-goessner-dispatch-jsonpath-00"
    expected = {**ORDER, "items": [{"sku": "a"}, {"sku": "new"}]}
    assert replaced(ORDER, last, "new", "jsonpath", JSON, draft) == expected
    with pytest.raises(CannotSend, match="not a JSONPath"):
        replaced(ORDER, last, "new", "jsonpath", JSON, "rfc9535")


def test_a_selected_node_inside_another_is_no_error() -> None:
    assert replaced({"a": {"a": 1}, "b": 2}, "$..a", 0, "jsonpath") == {"a": 0, "b": 2}


@given(VALUES, VALUES)
def test_replacing_the_whole_payload_gives_the_value(payload: Json, value: Json) -> None:
    assert replace_at(payload, (), value) == value


def test_a_way_of_any_length_is_followed() -> None:
    payload: Json = {"a": 1}
    way: Pointer = ("a",)
    for _ in range(3000):
        payload, way = {"a": payload}, (*way, "a")
    result = replace_at(payload, way, 2)
    for _ in way:
        assert isinstance(result, dict)
        result = result["a"]
    assert result == 2


SOAP = """<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://soap.test/" xmlns:tns="http://tns.test/">
  <!-- kept -->
  <soap:Body>
    <tns:Update mode='full' tns:key="k">
      <tns:Id>old</tns:Id>
      <tns:Empty/>
      <tns:Note>a <b>c</b> d</tns:Note>
    </tns:Update>
  </soap:Body>
</soap:Envelope>
"""


@pytest.mark.parametrize(
    ("target", "before", "after"),
    [
        ("//*[local-name()='Id']", "<tns:Id>old</tns:Id>", "<tns:Id>new &lt;&amp;&gt;</tns:Id>"),
        ("//tns:Id", "<tns:Id>old</tns:Id>", "<tns:Id>new &lt;&amp;&gt;</tns:Id>"),
        ("//Id", "<tns:Id>old</tns:Id>", "<tns:Id>new &lt;&amp;&gt;</tns:Id>"),
        ("/Envelope/Body/Update/Id", "<tns:Id>old</tns:Id>", "<tns:Id>new &lt;&amp;&gt;</tns:Id>"),
        ("/soap:Envelope/soap:Body/tns:Update/tns:Id/text()", "<tns:Id>old</tns:Id>",
         "<tns:Id>new &lt;&amp;&gt;</tns:Id>"),
        ("//tns:Empty", "<tns:Empty/>", "<tns:Empty>new &lt;&amp;&gt;</tns:Empty>"),
        ("//tns:Note", "<tns:Note>a <b>c</b> d</tns:Note>", "<tns:Note>new &lt;&amp;&gt;</tns:Note>"),
        ("//*[local-name()='Update']/@mode", "mode='full'", 'mode="new &lt;&amp;>"'),
        ("//tns:Update[@mode='full']/tns:Id", "<tns:Id>old</tns:Id>", "<tns:Id>new &lt;&amp;&gt;</tns:Id>"),
        ("//tns:Update/@tns:key", 'tns:key="k"', 'tns:key="new &lt;&amp;>"'),
    ],
)  # fmt: skip
def test_a_replacement_in_xml_changes_that_place_only(target: str, before: str, after: str) -> None:
    """REP-2: in an XML body the target is an XPath when nothing else is said."""
    result = replaced(SOAP, target, "new <&>", content_type="text/xml")
    assert result == SOAP.replace(before, after)


def test_every_element_that_a_target_names_is_replaced() -> None:
    assert (
        replaced("<a><b>1</b><b/><c><b>3</b></c></a>", "//b", 7)
        == "<a><b>7</b><b>7</b><c><b>7</b></c></a>"
    )
    assert replaced("<a><b>1</b><b/></a>", "/a/b[2]", True) == "<a><b>1</b><b>true</b></a>"
    assert replaced("<b>1<b>2</b></b>", "//b", "x") == "<b>x</b>"


@pytest.mark.parametrize(
    ("text", "target", "value", "said"),
    [
        (SOAP, "//tns:Gone", "x", "names nothing in the payload"),
        (SOAP, "//tns:Id/@gone", "x", "has no attribute `gone`"),
        (SOAP, "//zzz:Id", "x", "is no path this tool can follow in XML"),
        (SOAP, "//Id[contains(., 'o')]", "x", "is no path this tool can follow in XML"),
        (SOAP, "//*//*//*//*", "x", "is too long a search"),
        (SOAP, "//tns:Id", {"a": 1}, "where an object or array has no form"),
        (SOAP, "//tns:Id", "\x00", "holds U+0000"),
        ("<a>", "//a", "x", "the payload is no XML"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "//a", "x", "has a document type declaration"),
    ],
)
def test_an_xml_target_that_cannot_be_followed_says_why(
    text: str, target: str, value: Json, said: str
) -> None:
    with pytest.raises(CannotSend) as caught:
        replaced(text, target, value, "xpath")
    assert said in str(caught.value)


@given(st.text(alphabet="/.*[]@'=a1:()- {}\"|", max_size=30))
def test_no_xml_target_raises_anything_else(target: str) -> None:
    try:
        result = replaced("<a x='1'><a><b/></a></a>", target, "v", "xpath")
    except CannotSend:
        return
    assert "v" in str(result)


@given(
    VALUES,
    st.text(alphabet="/~01ab#$.[]*?@'- ", max_size=8),
    VALUES,
    st.sampled_from(["", "jsonpointer", "jsonpath", "xpath"]),
)
def test_no_target_raises_anything_else_or_changes_the_payload(
    payload: Json, target: str, value: Json, language: str
) -> None:
    """REP-5, A-50"""
    before = copy.deepcopy(payload)
    said = "replaced"
    try:
        replaced(payload, target, value, language)
    except CannotSend as wrong:
        said = str(wrong)
    assert said == "replaced" or "replacement target" in said
    assert payload == before
