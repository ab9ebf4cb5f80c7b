"""From an opened document to a first moment, or to everything that is in the way."""

from pathlib import Path

import pytest

from arazzo_tui.document.source import Mark, Severity, Source
from arazzo_tui.engine.credentials import Credential
from arazzo_tui.engine.moment import Ready, Settings
from arazzo_tui.world.prepare import (
    begun_with,
    extra_inputs,
    home_of,
    planned,
    schema_of,
    secrets_of,
)
from arazzo_tui.world.workspace import Opened, Workspace

OPENAPI = """
openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: "http://api.test"}]
paths:
  /one: {get: {operationId: one, responses: {}}}
"""
ARAZZO = """
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]
workflows:
  - workflowId: fine
    inputs:
      type: object
      required: [id]
      properties:
        id: {type: string, minLength: 2}
        size: {type: integer, default: 3}
        token: {type: string, format: password}
        login:
          type: object
          properties:
            user: {type: string}
            pins: {type: array, items: {type: integer, format: password}}
            secret: {$ref: "#/components/inputs/secret"}
    steps:
      - stepId: s
        operationId: one
        parameters: [{name: x, in: query, value: $inputs.undeclared}]
  - workflowId: calls
    steps: [{stepId: s, workflowId: broken}]
  - workflowId: broken
    steps:
      - stepId: s
        operationId: one
        onFailure: [{name: n, type: nonsense}]
components:
  inputs:
    secret: {type: string, format: password}
"""


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    (tmp_path / "api.yaml").write_text(OPENAPI)
    (tmp_path / "flow.arazzo.yaml").write_text(ARAZZO)
    return Workspace().open(str(tmp_path / "flow.arazzo.yaml"))


def wrong(opened: Opened, workflow: str) -> list[str]:
    problems = planned(opened, workflow).problems
    return [each.code for each in problems if each.severity is Severity.ERROR]


def test_a_mistake_keeps_back_what_comes_to_it_and_nothing_else(opened: Opened) -> None:
    assert wrong(opened, "fine") == []
    assert wrong(opened, "broken") == ["bad-type"]
    assert wrong(opened, "calls") == ["bad-type"]
    assert [planned(opened, each).plan is None for each in ("fine", "calls", "broken")] == [
        False, True, True,
    ]  # fmt: skip


def test_a_workflow_that_is_not_there_is_not_planned(opened: Opened) -> None:
    result = planned(opened, "fin")
    assert result.plan is None
    assert "unknown-workflow" in [each.code for each in result.problems]


def test_a_run_begins_with_the_defaults(opened: Opened) -> None:
    made = planned(opened, "fine").plan
    assert made is not None
    moment, errors = begun_with(made, {"id": "ab"}, Settings())
    assert errors == ()
    assert moment is not None
    assert moment.top.inputs == {"id": "ab", "size": 3}
    assert isinstance(moment.stage, Ready)
    assert moment.chain == ("fine",)


@pytest.mark.parametrize(
    ("inputs", "names"),
    [
        ({}, ["id"]),
        ({"id": "a"}, ["id"]),
        ({"id": 1, "size": "3"}, ["id", "size"]),
        ({"id": "ab", "login": {"pins": ["x"]}}, ["login"]),
        ({"id": "ab", "undeclared": 1}, []),
    ],
)
def test_inputs_that_do_not_fit_are_all_told(
    opened: Opened, inputs: dict[str, object], names: list[str]
) -> None:
    made = planned(opened, "fine").plan
    assert made is not None
    moment, errors = begun_with(made, inputs, Settings())  # type: ignore[arg-type]
    assert [each.name for each in errors] == names
    assert (moment is None) == bool(names)


def test_inputs_that_are_used_but_not_declared_are_asked_for(opened: Opened) -> None:
    made = planned(opened, "fine").plan
    assert made is not None
    assert extra_inputs(made) == ("undeclared",)


def test_every_secret_is_known_to_the_redactor(opened: Opened) -> None:
    made = planned(opened, "fine").plan
    assert made is not None
    inputs = {
        "id": "open", "token": "t0ken-1",
        "login": {"user": "kim", "pins": [918273, 645546], "secret": "inner-5ecret"},
    }  # fmt: skip
    credentials = {("api", "basic"): Credential("user-name:pass-w0rd", "me")}
    hide = secrets_of(made, inputs, credentials).text
    for secret in ("t0ken-1", "918273", "645546", "inner-5ecret", "pass-w0rd"):
        assert secret not in hide(f"it is {secret} here")
    assert hide("id open, user kim") == "id open, user kim"
    assert isinstance(schema_of(made), dict)


@pytest.mark.parametrize(
    ("line", "column", "home"),
    [(1, 1, ""), (5, 2, ""), (5, 3, "a"), (7, 1, "a"), (9, 1, "b"), (99, 1, "b")],
)
def test_a_place_belongs_to_the_last_that_began_before_it(
    line: int, column: int, home: str
) -> None:
    text = Source("x", "")
    places = [("a", Mark(text, 5, 3)), ("b", Mark(text, 8, 3))]
    assert home_of(Mark(text, line, column), places) == home
