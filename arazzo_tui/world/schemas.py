"""GraphQL schemas that the user names: from a file, or by asking a server for its introspection.

Whatever goes wrong becomes a `BadSchema`, a sentence with a name and perhaps a place. A URL is only
called through the transport that is given, so the hosts that are allowed are the caller's to gate.
"""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

from arazzo_tui.engine.content import JsonContent
from arazzo_tui.engine.exchange import Failure, Headers, Request, Response, header
from arazzo_tui.graphql.schema import (
    LARGEST,
    BadSchema,
    Schema,
    introspection_query,
    read_introspection,
    read_schema,
)
from arazzo_tui.graphql.verdict import Body, NotJson, Standing, judge
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.values import Json
from arazzo_tui.world.reading import CannotRead, expanded, read_file
from arazzo_tui.world.session import Transport

_WITHIN = 20.0
_OURS = frozenset({"host", "content-type", "accept", "content-length"})


def is_url(where: str) -> bool:
    """Whether a name of a schema means a server to ask, and not a file."""
    return where.lower().startswith(("http://", "https://"))


async def load_schema(
    where: str, transport: Transport, headers: Headers = (), base: Path | None = None
) -> Schema | BadSchema:
    """The schema at a URL or in a file, read in a thread beside the loop. Never raises.

    `headers` go with the question to a server, such as `Authorization`; a file with a relative name
    is looked for in `base`, else in the working directory.
    """
    if is_url(where):
        return await introspected(where, transport, headers)
    path = expanded(where)
    return await asyncio.to_thread(schema_in_file, path if base is None else base / path)


def schema_in_file(path: Path) -> Schema | BadSchema:
    """The schema in a file: SDL, or the JSON of an introspection. It may take seconds; never raises."""
    try:
        data = read_file(path, LARGEST)
    except CannotRead as wrong:
        return BadSchema(path.name, str(wrong))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        return BadSchema(path.name, f"the byte at offset {wrong.start:,} is not UTF-8")
    return read_schema(text, path.name)


async def introspected(
    url: str, transport: Transport, headers: Headers = (), within: float = _WITHIN
) -> Schema | BadSchema:
    """The schema a server gives about itself, asked with one POST `within` so many seconds.

    A redirect is not followed. Raises nothing: an answer without a schema is a `BadSchema` that says
    what came instead.
    """
    name = one_line(_host(url), 80)
    answer = await transport.send(_question(url, headers), within)
    match answer:
        case Failure(message=message):
            return BadSchema(name, message)
        case Response(content=JsonContent(value)):
            return await asyncio.to_thread(_read, value, answer, name)
        case Response():
            return BadSchema(
                name, _instead(answer, NotJson(answer.body[:200].decode("utf-8", "replace")))
            )


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2] or url
    except ValueError:
        return url


def _question(url: str, headers: Headers) -> Request:
    body: dict[str, Json] = {"query": introspection_query()}
    fields: Headers = (
        ("Host", _host(url)),
        ("Content-Type", "application/json"),
        ("Accept", "application/graphql-response+json, application/json;q=0.9"),
        ("Accept-Encoding", "gzip, deflate"),
        *((field, value) for field, value in headers if field.lower() not in _OURS),
    )
    return Request("POST", url, fields, write_json(body).encode(), body)


def _read(value: Json, answer: Response, name: str) -> Schema | BadSchema:
    found = read_introspection(value, name)
    if (
        isinstance(found, BadSchema)
        and judge(answer.status, "", value).standing is Standing.NOT_GRAPHQL
    ):
        return BadSchema(name, _instead(answer, value))
    return found


def _instead(answer: Response, body: Body) -> str:
    """What came and is no GraphQL answer, with its status."""
    location = header(answer.headers, "location")
    if 300 <= answer.status < 400 and location:
        return f"it answers {answer.status} and leads to {one_line(location, 120)}; that is not followed"
    media = header(answer.headers, "content-type") or ""
    return f"it answers {answer.status}: {judge(answer.status, media, body).explanation}"
