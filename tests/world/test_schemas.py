"""Schemas from files and from servers: a schema, or a sentence."""

import json
from pathlib import Path

import pytest
from graphql import build_schema, introspection_from_schema

from arazzo_tui.graphql.schema import BadSchema, Schema
from arazzo_tui.world.schemas import load_schema, schema_in_file
from arazzo_tui.world.transport import Http
from arazzo_tui.world.trust import Gate, read_allowed_hosts

SDL = "type Query { a: Int }"
INTROSPECTION = json.dumps({"data": introspection_from_schema(build_schema(SDL))})


def answer(
    body: str, media: str = "application/json", status: str = "200 OK", more: str = ""
) -> bytes:
    data = body.encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {len(data)}\r\n{more}\r\n"
    )
    return head.encode() + data


@pytest.mark.parametrize("text", [SDL, INTROSPECTION, "\ufeff" + SDL])
async def test_a_file_of_either_kind_is_a_schema_by_its_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.graphql").write_text(text, "utf-8")
    found = await load_schema("mine.graphql", Http(), base=tmp_path)
    assert isinstance(found, Schema)
    assert found.name == "mine.graphql"
    assert "Query" in found.built.type_map


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"type Query { a: }", "s.graphql:1:17: Expected Name"),
        (b"\xff\xfe", "s.graphql: the byte at offset 0 is not UTF-8"),
        (b"{", "s.graphql:1:2: it begins like the JSON"),
    ],
)
def test_a_bad_file_is_a_sentence(tmp_path: Path, data: bytes, sentence: str) -> None:
    path = tmp_path / "s.graphql"
    path.write_bytes(data)
    found = schema_in_file(path)
    assert isinstance(found, BadSchema)
    assert found.sentence.startswith(sentence)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "no.graphql", "there is no such file"), (tmp_path, "a folder")):
        found = schema_in_file(path)
        assert isinstance(found, BadSchema)
        assert why in found.sentence


async def test_a_server_is_asked_for_its_introspection(serve, play) -> None:
    server = await serve(play(answer(INTROSPECTION)))
    url = server.url.replace("http://", "http://user:secret@") + "/public"
    async with Http() as transport:
        found = await load_schema(url, transport, (("Authorization", "Bearer x"), ("accept", "no")))
    assert isinstance(found, Schema)
    assert found.name == f"127.0.0.1:{server.port}"
    [sent] = server.requests
    assert sent.startswith(b"POST /public HTTP/1.1\r\n")
    assert b"\r\nAuthorization: Bearer x\r\n" in sent
    assert b"accept: no" not in sent
    assert b"IntrospectionQuery" in sent


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            answer('{"data":{"__schema":null},"errors":[{"message":"introspection disabled"}]}'),
            "the server gives no introspection: “introspection disabled”",
        ),
        (
            answer("404 page not found", "text/plain", "404 Not Found"),
            "it answers 404: the answer is not JSON",
        ),
        (answer("<html>", "text/html"), "it answers 200: the answer is a web page"),
        (answer("[]"), "it answers 200: the answer is an array"),
        (answer("{}"), "it answers 200: the answer is a JSON object with neither"),
        (
            answer("", status="301 Moved Permanently", more="Location: /graphql\r\n"),
            "it answers 301 and leads to /graphql; that is not followed",
        ),
        (answer('{"data":{"__schema":{"types":[]}}}'), "Query root type must be provided"),
        (b"", "closed the connection before it had answered"),
    ],
)
async def test_a_server_without_a_schema_is_a_sentence(
    serve, play, data: bytes, sentence: str
) -> None:
    server = await serve(play(data))
    async with Http() as transport:
        found = await load_schema(server.url, transport)
    assert isinstance(found, BadSchema)
    assert sentence in found.sentence
    assert found.sentence.startswith(f"127.0.0.1:{server.port}: ")


async def test_a_host_that_is_not_allowed_is_not_asked(serve, play) -> None:
    server = await serve(play(answer(INTROSPECTION)))
    async with Http() as transport:
        gate = Gate(transport, read_allowed_hosts(["example.org"]))
        found = await load_schema(server.url, gate)
    assert isinstance(found, BadSchema)
    assert "was not allowed" in found.sentence
    assert server.connections == 0


@pytest.mark.parametrize("url", ["http://", "http://[", "https://\x00"])
async def test_a_url_that_is_none_is_a_sentence(url: str) -> None:
    async with Http() as transport:
        assert isinstance(await load_schema(url, transport), BadSchema)
