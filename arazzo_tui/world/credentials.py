"""Where credentials come from: the environment, the user's settings, an answer; and OAuth's token exchange.

`ARAZZO_TUI_<SOURCE>_<SCHEME>`, in capitals and with `_` for all else, holds the secret of a scheme. Nothing
of a document can name another variable.
"""

import base64
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, urljoin, urlsplit

from arazzo_tui.document.operation import Operation
from arazzo_tui.engine.body import FORM
from arazzo_tui.engine.content import JsonContent
from arazzo_tui.engine.credentials import Credential, Credentials, SchemeKey, Wanted, wanted_by
from arazzo_tui.engine.exchange import Failure, Request, Response
from arazzo_tui.engine.plan import CallOperation, Plan, RunWorkflow
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.values import Json
from arazzo_tui.world.session import Transport

_WITHIN = 20.0


def wanted(plan: Plan) -> tuple[Wanted, ...]:
    """The schemes that the operations of a plan ask for, each once."""
    found = {each.key: each for operation in _operations(plan) for each in wanted_by(operation)}
    return tuple(found.values())


def _operations(plan: Plan) -> Iterator[Operation]:
    for workflow in plan.workflows.values():
        for step in workflow.steps:
            match step.target:
                case CallOperation(operation):
                    yield operation
                case RunWorkflow():
                    pass


def variable_name(key: SchemeKey) -> str:
    """The environment variable that holds the secret of a scheme."""
    return "ARAZZO_TUI_" + "_".join(re.sub(r"[^A-Za-z0-9]+", "_", part).upper() for part in key)


def from_environment(
    schemes: Iterable[Wanted], environment: Mapping[str, str] | None = None
) -> Credentials:
    """The credentials that the environment holds for these schemes."""
    there = os.environ if environment is None else environment
    found: dict[SchemeKey, Credential] = {}
    for each in schemes:
        name = variable_name(each.key)
        secret = there.get(name, "")
        if secret:
            found[each.key] = Credential(secret, f"environment {name}")
    return found


def missing(plan: Plan, known: Credentials) -> tuple[Wanted, ...]:
    """The schemes that keep an operation from being called with all it asks for.

    An operation with one complete alternative, or one that asks for nothing, misses nothing.
    """
    found: dict[SchemeKey, Wanted] = {}
    for operation in _operations(plan):
        complete = [
            all((operation.source, name) in known for name in alternative)
            for alternative in operation.security
        ]
        if not any(complete):
            found.update({each.key: each for each in wanted_by(operation) if each.key not in known})
    return tuple(found.values())


async def with_tokens(
    schemes: Iterable[Wanted], known: Credentials, transport: Transport
) -> tuple[Credentials, tuple[str, ...]]:
    """Client credentials exchanged for tokens (RFC 6749 §4.4), each once; and what went wrong, in words.

    `client_id:client_secret` is exchanged where the scheme has that flow, anything else is a token.
    """
    found = dict(known)
    wrong: list[str] = []
    for each in schemes:
        credential = known.get(each.key)
        if credential is None or not each.token_url or ":" not in credential.secret:
            continue
        client, _, secret = credential.secret.partition(":")
        answer = await transport.send(_token_request(each, client, secret), _WITHIN)
        token = _token(answer)
        if token:
            found[each.key] = Credential(token, f"token for {credential.by}")
        else:
            wrong.append(f"no token from {one_line(each.token_url, 100)}: {_why(answer)}")
    return found, tuple(wrong)


def _token_request(scheme: Wanted, client: str, secret: str) -> Request:
    url = urljoin(scheme.base, scheme.token_url)
    fields = ["grant_type=client_credentials"]
    if scheme.scopes:
        fields.append("scope=" + quote(" ".join(scheme.scopes)))
    basic = base64.b64encode(f"{quote(client)}:{quote(secret)}".encode()).decode("ascii")
    body = "&".join(fields).encode("ascii")
    headers = (
        ("Host", urlsplit(url).netloc),
        ("Accept", "application/json"),
        ("Authorization", f"Basic {basic}"),
        ("Content-Type", FORM),
        ("Content-Length", str(len(body))),
    )
    return Request("POST", url, headers, body)


def _token(answer: Response | Failure) -> str:
    value: Json = None
    if isinstance(answer, Response) and isinstance(answer.content, JsonContent):
        value = answer.content.value
    token = value.get("access_token") if isinstance(value, Mapping) else None
    return token if isinstance(token, str) else ""


def _why(answer: Response | Failure) -> str:
    match answer:
        case Failure(message=message):
            return message
        case Response(status=status):
            return f"it answers {status} without an access_token"
