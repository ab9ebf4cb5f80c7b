"""An input of `format: binary` is the path of a file; only one that a person typed is read (BOD-5)."""

import os
from pathlib import Path

import pytest

from arazzo_tui.engine.exchange import header
from arazzo_tui.engine.files import File
from arazzo_tui.engine.machine import advance, pending
from arazzo_tui.engine.moment import Moment, Send, Settings
from arazzo_tui.engine.plan import Plan
from arazzo_tui.world.prepare import begun_with, planned
from arazzo_tui.world.workspace import Workspace

OPENAPI = """
openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: "http://api.test"}]
paths:
  /form:
    post:
      operationId: form
      requestBody: {content: {multipart/form-data: {schema: {type: object}}}}
      responses: {}
  /whole:
    put:
      operationId: whole
      requestBody: {content: {"image/*": {}}}
      responses: {}
"""
ARAZZO = """
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]
workflows:
  - workflowId: form
    inputs: &inputs
      type: object
      properties:
        photo: {type: string, format: binary}
        other: {type: string, format: binary, default: DEFAULT}
        title: {type: string}
    steps:
      - stepId: s
        operationId: form
        requestBody: {payload: {photo: $inputs.photo, title: "$inputs.title"}}
  - workflowId: whole
    inputs: *inputs
    steps:
      - stepId: s
        operationId: whole
        requestBody: {contentType: image/png, payload: $inputs.photo}
"""
DATA = b"\x89PNG\r\n\x1a\n\x00\xff"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "api.yaml").write_text(OPENAPI)
    (tmp_path / "secret.txt").write_text("secret")
    default = str(tmp_path / "secret.txt")
    (tmp_path / "flow.arazzo.yaml").write_text(ARAZZO.replace("DEFAULT", default))
    (tmp_path / "cat.png").write_bytes(DATA)
    return tmp_path


def plan_of(folder: Path, workflow: str) -> Plan:
    made = planned(Workspace().open(str(folder / "flow.arazzo.yaml")), workflow).plan
    assert made is not None
    return made


def sent(moment: Moment | None) -> Send:
    """The first request of a run."""
    assert moment is not None
    while (owed := pending(moment)) is None:
        moment = advance(moment)
    assert isinstance(owed, Send)
    return owed


def test_a_file_is_a_part_of_a_form(folder: Path) -> None:
    inputs = {"photo": str(folder / "cat.png"), "title": "a cat"}
    moment, errors = begun_with(plan_of(folder, "form"), inputs, Settings())
    assert errors == ()
    request = sent(moment).request
    assert DATA in (request.body or b"")
    assert b'filename="cat.png"\r\nContent-Type: image/png\r\n' in (request.body or b"")
    assert str(folder).encode() not in (request.body or b"")  # a name is told, no path


def test_a_file_is_the_whole_body(folder: Path) -> None:
    inputs = {"photo": str(folder / "cat.png")}
    moment, _ = begun_with(plan_of(folder, "whole"), inputs, Settings())
    request = sent(moment).request
    assert request.body == DATA
    assert header(request.headers, "content-type") == "image/png"


def test_a_path_that_is_the_documents_default_is_never_read(folder: Path) -> None:
    moment, errors = begun_with(plan_of(folder, "form"), {"title": "x"}, Settings())
    assert errors == ()
    assert moment is not None
    assert not isinstance(moment.top.inputs["other"], File)


def test_what_cannot_be_read_is_said_at_its_field(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    for name, why in (
        ("no.png", "there is no such file"), ("", "folder"), ("pipe", "no regular file"),
    ):  # fmt: skip
        inputs = {"photo": str(folder / name), "title": "x"}
        moment, errors = begun_with(plan_of(folder, "form"), inputs, Settings())
        assert moment is None
        (error,) = errors
        assert str(error).startswith("`photo`")
        assert why in str(error)


def test_inputs_that_were_files_once_are_files_again(folder: Path) -> None:
    plan = plan_of(folder, "whole")
    first, _ = begun_with(plan, {"photo": str(folder / "cat.png")}, Settings())
    assert first is not None
    again, errors = begun_with(plan, first.top.inputs, Settings())
    assert errors == ()
    assert sent(again).request.body == DATA
