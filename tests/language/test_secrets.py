"""The redactor: a secret leaves by no door, in none of the forms it travels in."""

import base64
import json
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from arazzo_tui.language.jsontext import Float
from arazzo_tui.language.secrets import MASK, Redactor, is_weak
from arazzo_tui.language.values import Json, places

SECRET = 's3crét/+ "x"%&'
REDACTOR = Redactor([SECRET])


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_without_secrets_everything_comes_back_as_it_was() -> None:
    value: Json = {"a": ["b", 1]}
    redactor = Redactor(["", "  "])
    assert not redactor
    assert redactor.value(value) is value
    assert redactor.text("  ") == "  "


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(SECRET, id="as it is"),
        pytest.param(quote(SECRET), id="in a path"),
        pytest.param(quote(SECRET, safe=""), id="in a query"),
        pytest.param(quote(SECRET, safe="").lower(), id="percent-encoded in lower case"),
        pytest.param(quote_plus(SECRET), id="in a form"),
        pytest.param(json.dumps(SECRET)[1:-1], id="in JSON of ASCII"),
        pytest.param(json.dumps(SECRET, ensure_ascii=False)[1:-1], id="in JSON"),
        pytest.param(
            json.dumps(SECRET)[1:-1].replace("/", "\\/").replace("u00e9", "u00E9"),
            id="in JSON with escaped slashes and capitals",
        ),
        pytest.param(b64(SECRET), id="in base64"),
        pytest.param(base64.urlsafe_b64encode(SECRET.encode()).decode(), id="in base64 for URLs"),
    ],
)
def test_a_secret_is_masked_in_every_form(form: str) -> None:
    assert REDACTOR.text(f"<{form}>") == f"<{MASK}>"
    assert REDACTOR.text(f"{form}{form}") == MASK * 2


@pytest.mark.parametrize("user", ["", "a", "ab", "abc", "someone@example.com"])
@pytest.mark.parametrize("secret", ["abcd", "abcde", "correct horse", "é" * 4])
def test_a_password_is_masked_in_the_credentials_of_basic_authentication(
    user: str, secret: str
) -> None:
    """RFC 7617: base64 of both together; only the bits that are shared with a neighbour may stay."""
    shown = Redactor([secret]).text(f"Basic {b64(f'{user}:{secret}')}")
    assert MASK in shown
    kept = shown.removeprefix("Basic ").split(MASK)
    assert all(part in b64(f"{user}:{secret}") for part in kept)
    assert len("".join(kept)) <= len(b64(f"{user}:")) + 4


def test_the_white_space_round_a_secret_is_not_part_of_it() -> None:
    redactor = Redactor(["token-1234\n"])
    assert redactor.text("Bearer token-1234") == f"Bearer {MASK}"
    assert redactor.value("token-1234") == MASK


def test_a_short_secret_is_masked_only_where_it_is_the_whole_value() -> None:
    redactor = Redactor(["abc"])
    assert redactor.value({"pin": "abc", "text": "abcdef"}) == {"pin": MASK, "text": "abcdef"}


def test_the_longer_of_two_secrets_goes_first() -> None:
    assert Redactor(["s3cret", "s3cret-two"]).text("s3cret-two s3cret") == f"{MASK} {MASK}"


def test_values_are_masked_in_strings_names_and_numbers() -> None:
    redactor = Redactor(["12345678", "1.50", "pa55word"])
    value: Json = {
        "pa55word": "x pa55word y",
        "pin": 12345678,
        "near": 123456789,
        "price": Float("1.50"),
        "flags": [True, None, "12345678"],
    }
    assert redactor.value(value) == {
        MASK: f"x {MASK} y",
        "pin": MASK,
        "near": 123456789,
        "price": MASK,
        "flags": [True, None, MASK],
    }
    assert value["pin"] == 12345678


def test_a_boolean_is_no_secret() -> None:
    assert Redactor(["True", "true"]).value([True, "true"]) == [True, MASK]


def test_no_depth_is_too_deep() -> None:
    value: Json = "s3cret"
    for _ in range(5000):
        value = [value]
    value = Redactor(["s3cret"]).value(value)
    for _ in range(5000):
        assert isinstance(value, list)
        (value,) = value
    assert value == MASK


def test_a_secret_that_is_no_unicode_text_is_one_all_the_same() -> None:
    """The environment may hold any bytes."""
    assert Redactor(["caf\udce9-secret"]).text("<caf\udce9-secret>") == f"<{MASK}>"


# Laws

LAWS = settings(deadline=None)
SECRETS = st.text(min_size=4, max_size=20).filter(lambda text: not is_weak(text.strip()))
FORMS = [
    str,
    lambda text: quote(text, safe=""),
    quote,
    quote_plus,
    json.dumps,
    lambda text: json.dumps({"k": [text]}, ensure_ascii=False),
    lambda text: urlencode({"q": text}),
    b64,
    lambda text: b64(f"user:{text}"),
    lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
]


@LAWS
@given(
    secret=SECRETS,
    form=st.sampled_from(FORMS),
    before=st.text(max_size=5),
    after=st.text(max_size=5),
)
def test_no_planted_secret_is_left(secret: str, form, before: str, after: str) -> None:
    planted = form(secret)
    shown = Redactor([secret]).text(f"{before}{planted}{after}")
    assert MASK in shown
    assume(secret not in MASK)
    assert secret not in shown
    assert planted not in shown


@LAWS
@given(
    secrets=st.lists(SECRETS, min_size=1, max_size=3),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=6,
    ),
    data=st.data(),
)
def test_no_secret_is_left_in_any_value(secrets: list[str], value: Json, data) -> None:
    secret = data.draw(st.sampled_from(secrets))
    planted: Json = {"here": [value, f"a {secret} b"], secret: value}
    assume("•" not in secret)
    shown = list(places(Redactor(secrets).value(planted)))
    texts = [each for _, each in shown if isinstance(each, str)]
    names = [name for pointer, _ in shown for name in pointer]
    assert not [text for text in (*texts, *names) if secret in text]
