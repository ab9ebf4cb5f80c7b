"""Highlight's project ids."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from arazzo_tui.graphql.verbose_id import BadVerboseId, project_number, verbose_id_of


@pytest.mark.parametrize(
    ("verbose_id", "number"),
    [
        ("1jdkoe52", 1),
        ("j3ejwgp6", 0),
        ("1", 1),
        ("999", 999),
        ("0", 0),
        ("-5", -5),
        ("+7", 7),
        ("00012", 12),
        ("12345678", 12345678),
        ("9223372036854775807", 2**63 - 1),
    ],
)
def test_a_verbose_id_names_a_number(verbose_id: str, number: int) -> None:
    assert project_number(verbose_id) == number


@pytest.mark.parametrize(
    "verbose_id",
    [
        "not-a-project",
        "1jdkoe53",
        "1JDKOE52",
        "1jdkoe5",
        " 1jdkoe52",
        "1jdkoe52 ",
        "1jdkoe52\n",
        "5\n",
        "٣",
        "1.0",
        "e",
        "deg",
        "kc",
        "$inputs.organizationVerboseId",
        "jjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjj",
        "9223372036854775808",
    ],
)
def test_anything_else_is_refused_in_highlights_words(verbose_id: str) -> None:
    with pytest.raises(BadVerboseId) as refused:
        project_number(verbose_id)
    assert str(refused.value) == f"failed to decode {verbose_id}"


def test_an_empty_id_has_a_message_of_its_own() -> None:
    with pytest.raises(BadVerboseId, match=r"^An unsupported verboseID was used: $"):
        project_number("")


@settings(deadline=None)
@given(st.integers(0, 2**63 - 1))
@example(0)
@example(2**63 - 1)
def test_an_id_leads_back_to_its_number(number: int) -> None:
    verbose_id = verbose_id_of(number)
    assert len(verbose_id) >= 8
    assert verbose_id.isdigit() or project_number(verbose_id) == number


@settings(deadline=None)
@given(st.text("abcdefghijklmnopqrstuvwxyz1234567890", max_size=14))
def test_a_number_has_one_id(text: str) -> None:
    try:
        number = project_number(text)
    except BadVerboseId:
        return
    assert text.lstrip("0") in (str(number), "") or verbose_id_of(number) == text
