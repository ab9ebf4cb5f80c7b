"""Tokens and cookies that a run brings are secrets by their place, and nothing else is (SEC-2)."""

import base64

import pytest

from arazzo_tui.engine.content import read_content
from arazzo_tui.engine.exchange import Failure, Headers, Request, Response
from arazzo_tui.engine.seen import secrets_seen
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.secrets import MASK, Redactor
from arazzo_tui.language.values import Json


def answer(value: Json = None, headers: Headers = ()) -> Response:
    body = write_json(value).encode()
    content = read_content("application/json", body)
    return Response(200, "", headers, body, 0.0, len(body), content)


BASIC = base64.b64encode(b"user:pass-w0rd").decode()


@pytest.mark.parametrize(
    ("name", "value", "secrets"),
    [
        ("Authorization", "Bearer tok-12345678", {"tok-12345678"}),
        ("authorization", "tok-12345678", {"tok-12345678"}),
        ("Authorization", f"Basic {BASIC}", {BASIC, "pass-w0rd"}),
        ("Authorization", "Basic ????????", {"????????"}),
        ("Authorization", "Bearer none", set()),
        ("Authorization", "", set()),
        ("X-Api-Key", "key-12345678", {"key-12345678"}),
        ("Cookie", "a=1; sid=cookie-12345678; lang=en-GB", {"cookie-12345678"}),
        ("Cookie", "nonsense", set()),
        ("X-Session", "session-12345678", set()),
        ("Accept", "application/json", set()),
    ],
)
def test_fields_that_carry_credentials_are_secret(name: str, value: str, secrets: set[str]) -> None:
    assert secrets_seen(Request("GET", "http://x", ((name, value),)), None) == secrets


def test_cookies_that_are_set_are_secret_and_their_attributes_are_not() -> None:
    headers = (
        ("Set-Cookie", "session=cookie-12345678; Path=/somewhere/long; HttpOnly"),
        ("set-cookie", 'b="other-12345678"'),
        ("Set-Cookie", "theme=dark"),
    )
    assert secrets_seen(None, answer(headers=headers)) == {"cookie-12345678", "other-12345678"}


@pytest.mark.parametrize(
    "name",
    ["access_token", "accessToken", "Access-Token", "refresh_token", "id_token", "token", "jwt"],
)
def test_members_that_hold_tokens_are_secret(name: str) -> None:
    value = {"data": [{"login": {name: "value-12345678"}}]}
    assert secrets_seen(None, answer(value)) == {"value-12345678"}


@pytest.mark.parametrize(
    "name",
    ["session_secure_id", "next_page_token", "pageToken", "tokens", "token_type", "id", "session",
     "expires_in", "sessionId", "secretary", "tokenizer", "token_count", "keynote", "api_keys_url",
     "password_reset_at", "author", "authorization_url", "passenger", "csrf", "monkey", "public_key"],
)  # fmt: skip
def test_names_that_only_hold_such_a_word_are_not(name: str) -> None:
    assert secrets_seen(None, answer({name: "value-12345678"})) == frozenset()


@pytest.mark.parametrize("value", ["short", 12345678, None, True, ["long-enough-text"], {}])
def test_only_texts_of_some_length_are(value: Json) -> None:
    assert secrets_seen(None, answer({"access_token": value})) == frozenset()


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        ("http://x/a?access_token=tok%2D12345678&q=1", {"tok-12345678"}),
        ("http://x/a?q=1&api_key=key-12345678", {"key-12345678"}),
        ("http://x/cb#access_token=tok-12345678&state=state-12345678", {"tok-12345678"}),
        ("http://x/a?session_secure_id=abc-12345678&next_page_token=abc-12345678", set()),
        ("http://x/access_token=tok-12345678", set()),
        ("http://x/?token=short&token", set()),
    ],
)
def test_tokens_in_a_query_are_secret(url: str, secrets: set[str]) -> None:
    assert secrets_seen(Request("GET", url, ()), None) == secrets
    assert secrets_seen(None, answer(headers=(("Location", url),))) == secrets


@pytest.mark.parametrize("name", ["api_key", "token", "client_secret"])
def test_a_sentence_about_a_token_is_none(name: str) -> None:
    assert secrets_seen(None, answer({"errors": {name: "is not valid"}})) == frozenset()


def test_a_failure_and_an_answer_without_json_bring_none() -> None:
    text = Response(200, "", (), b"token", 0.0, 5, read_content("text/plain", b"token"))
    assert secrets_seen(None, Failure("connect", "no")) == frozenset()
    assert secrets_seen(None, text) == frozenset()


def test_a_redactor_learns_what_was_seen() -> None:
    redactor = Redactor(["declared-1"])
    wiser = redactor.knowing({"value-12345678"})
    assert wiser.text("a declared-1 and value-12345678") == f"a {MASK} and {MASK}"
    assert wiser.knowing({"value-12345678"}) is wiser
    assert redactor.text("value-12345678") == "value-12345678"
