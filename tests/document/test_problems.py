"""A problem is printed as a compiler would: place, message, the line with a caret, the cure."""

import pytest

from arazzo_tui.document.shape import Report
from arazzo_tui.document.source import Mark, Problem, Source, did_you_mean


def rows(*table):
    return [pytest.param(*row[1:], id=row[0]) for row in table]


@pytest.mark.parametrize(
    ("line", "column", "shown"),
    rows(
        ("a tab", "\ta\tb", 4, ["  1 |  a b", "         ^"]),
        ("a control", "\x1b[2Ja: b", 5, ["  1 | ␛[2Ja: b", "          ^"]),
        ("bidirectional", "a\u202eb", 3, ["  1 | a⟨U+202E⟩b", "               ^"]),
        ("behind the end", "ab", 3, ["  1 | ab", "        ^"]),
        ("a long line", "x" * 300 + "▲" + "y" * 300, 301,
         ["  1 | " + "x" * 50 + "▲" + "y" * 49, "      " + " " * 50 + "^"]),
        ("an empty line", "", 1, []),
    ),
)  # fmt: skip
def test_the_caret_stands_under_the_place(line: str, column: int, shown: list[str]) -> None:
    problem = Problem("c", "m", Mark(Source("d", line + "\nnext"), 1, column))
    assert list(problem.lines())[1:] == shown


def test_foreign_text_in_a_problem_is_made_visible() -> None:
    problem = Problem("c", "m \x1b[2J", Mark(Source("d\x9b", "a"), 1, 1), "hint\u202e")
    assert str(problem).split("\n")[0] == "d⟨U+009B⟩:1:1: error[c]: m ␛[2J"
    assert str(problem).endswith("  = hint⟨U+202E⟩")


@pytest.mark.parametrize(
    ("name", "known", "sentence"),
    [
        ("operatonId", ["operationId", "stepId"], "did you mean `operationId`?"),
        ("STEPID", ["stepId"], "did you mean `stepId`?"),
        ("ab", ["abc", "abd", "x"], "did you mean `abd` or `abc`?"),
        ("x", ["alpha", "beta"], "there is `alpha`, `beta`"),
        ("x", [f"name{at}" for at in range(10)],
         "there is `name0`, `name1`, `name2`, `name3`, `name4`, `name5`, `name6`, `name7` and 2 more"),
        ("x", [], ""),
        ("a" * 300, ["a" * 299], "there is `" + "a" * 79 + "…`"),
    ],
)  # fmt: skip
def test_what_was_probably_meant(name: str, known: list[str], sentence: str) -> None:
    assert did_you_mean(name, known) == sentence


@pytest.mark.parametrize(("number", "line"), [(1, "a"), (2, ""), (3, "b"), (4, ""), (5, "")])
def test_a_line_of_a_source_has_no_end(number: int, line: str) -> None:
    assert Source("d", "a\r\n\nb\n").line(number) == line


def test_of_a_very_long_sentence_the_beginning_is_shown() -> None:
    problem = Problem("c", "m" * 100_000, None, "h" * 100_000)
    assert [len(line) < 2_100 for line in problem.lines()] == [True, True]


def test_names_are_compared_for_so_many_problems_of_a_document_and_again_for_the_next() -> None:
    Report()
    said = [did_you_mean("stepI", ["stepId"]) for _ in range(1_001)]
    assert said == ["did you mean `stepId`?"] * 1_000 + [""]
    Report()
    assert did_you_mean("stepI", ["stepId"]) == "did you mean `stepId`?"
