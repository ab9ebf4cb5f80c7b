"""A secret is known in every form it travels in, cut or whole, and words that only look like one are left."""

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from arazzo_tui.language.secrets import MASK, Redactor, is_weak

SECRET = 'p4ß/w+rd "x"\\&<é>\'=%\n😀'
REDACTOR = Redactor([SECRET])


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def every_octet(text: str) -> str:
    return "".join(f"%{octet:02X}" for octet in text.encode())


def every_unit(text: str) -> str:
    units = text.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


FORMS = {
    "as it is": str,
    "percent-encoded": lambda text: quote(text, safe=""),
    "percent-encoded, slashes kept": quote,
    "percent-encoded in lower case": lambda text: re.sub(
        "%..", lambda octet: octet.group().lower(), quote(text, safe="")
    ),
    "percent-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "percent-encoded, every octet": every_octet,
    "in a form": quote_plus,
    "in a query": lambda text: urlencode({"q": text}),
    "as JavaScript's encodeURIComponent has it": lambda text: quote(text, safe="!'()*~"),
    "in JSON": json.dumps,
    "in JSON with all of Unicode": lambda text: json.dumps(text, ensure_ascii=False),
    "in JSON with escaped slashes": lambda text: json.dumps(text).replace("/", "\\/"),
    "in JSON as Go and .NET write it": lambda text: (
        json.dumps(text)
        .replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003E").replace("+", "\\u002B")
    ),
    "in JSON, every unit escaped": every_unit,
    "in JSON inside JSON": lambda text: json.dumps(json.dumps(text)),
    "in JSON inside JSON inside JSON": lambda text: json.dumps(json.dumps(json.dumps(text))),
    "in HTML": html.escape,
    "in HTML by decimal numbers": lambda text: "".join(f"&#{ord(each)};" for each in text),
    "in HTML by hexadecimal numbers": lambda text: "".join(f"&#x{ord(each):X};" for each in text),
    "in HTML, ASCII": lambda text: html.escape(text).encode("ascii", "xmlcharrefreplace").decode(),
    "in HTML inside HTML": lambda text: html.escape(html.escape(text)),
    "in base64": b64,
    "in base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "in base64, percent-encoded": lambda text: quote(b64(text), safe=""),
    "in base64 in JSON": lambda text: json.dumps(b64(text)).replace("/", "\\/"),
    "in hexadecimal": lambda text: text.encode().hex(),
    "in hexadecimal, upper case": lambda text: text.encode().hex().upper(),
    "in a header that was read as Latin-1": lambda text: text.encode().decode("latin-1"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_secret_is_masked_in_every_form_it_travels_in(name: str) -> None:
    form = FORMS[name](SECRET)
    shown = REDACTOR.text(f"before {form} after")
    quotes = "\\\"'q="
    assert shown.replace(MASK, "").strip(quotes) != shown
    assert re.fullmatch(rf"before [\\\"q=]*{MASK}[\\\"]* after", shown), shown


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("before", [b"", b"u", b"us", b"usr", b"user:", b"\xff\xfe"])
@pytest.mark.parametrize("after", [b"", b"!", b"!!", b"\n and more"])
def test_base64_is_known_wherever_the_secret_stands_in_it(
    encode, before: bytes, after: bytes
) -> None:
    secret = "h7-t0p?secret>"
    whole = encode(before + secret.encode() + after).decode()
    shown = Redactor([secret]).text(whole)
    assert MASK in shown
    kept = [part for part in shown.split(MASK) if part]
    for part in kept:
        padded = part.rstrip("=")[: len(part.rstrip("=")) // 4 * 4]
        assert secret[2:-2].encode() not in base64.b64decode(padded, altchars=b"-_")
    assert sum(map(len, kept)) <= len(encode(before)) + len(encode(after)) + 4


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('the value is "s3cr…"', f'the value is "{MASK}…"'),
        ("Bearer s3cret-t…", f"Bearer {MASK}…"),
        ("the value is s3cret-tok", f"the value is {MASK}"),
        ("s3c…", "s3c…"),
        ("the s3cret-ary of state", "the s3cret-ary of state"),
        ("s3cret", "s3cret"),
        ("https%3A%2F%2Fx%3Fk%3Ds3cret%2Dtok…", f"https%3A%2F%2Fx%3Fk%3D{MASK}…"),
    ],
)
def test_a_secret_that_was_cut_is_masked_as_far_as_it_is_there(text: str, shown: str) -> None:
    """Our own sentences cut long values with an ellipsis, and a body may end in the middle of one."""
    assert Redactor(["s3cret-token-1"]).text(text) == shown


def test_secrets_that_overlap_leave_nothing_of_each_other() -> None:
    assert Redactor(["abcdefgh", "efghijkl"]).text("<abcdefghijkl>") == f"<{MASK}>"
    assert Redactor(["aaaa", "other-1"]).text("<aaaaaaaaaa>").count("a") <= 3


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("pin", "spinning pinball, pin it"),
        ("test", "a test of the latest"),
        ("test", '{"test": 1, "latest": "a test"}'),
        ("password", 'give a password: {"password": 1}'),
        ("12", "12 of 312 in 2012"),
        ("true", "it is true: true enough"),
        ("Token", "a token, the Token"),
    ],
)
def test_short_and_common_secrets_are_left_in_sentences_and_names(secret: str, text: str) -> None:
    assert is_weak(secret)
    assert Redactor([secret]).text(text) == text
    assert Redactor([secret]).has_weak


@pytest.mark.parametrize(
    ("secret", "text", "shown"),
    [
        ("pin", "pin", MASK),
        ("pin", '{"a": "pin", "pin": 1}', f'{{"a": "{MASK}", "pin": 1}}'),
        ("pin", "?code=pin&x=1", f"?code={MASK}&x=1"),
        ("pin", "code=pin", f"code={MASK}"),
        ("pin", "X-Code: pin", f"X-Code: {MASK}"),
        ("a/b", "?code=a%2Fb&x=1", f"?code={MASK}&x=1"),
        ("test", "it said 'test', and no more", f"it said '{MASK}', and no more"),
        ("12", '{"pin": 12}', f'{{"pin": {MASK}}}'),
    ],
)
def test_short_and_common_secrets_are_masked_where_they_are_a_value_by_themselves(
    secret: str, text: str, shown: str
) -> None:
    assert Redactor([secret]).text(text) == shown


def test_values_and_member_names_know_short_and_common_secrets_too() -> None:
    value = {"password": "password", "n": 12, "list": ["a password", "12", 120]}
    assert Redactor(["password", "12"]).value(value) == {
        "password": MASK, "n": MASK, "list": ["a password", MASK, 120],
    }  # fmt: skip


def test_a_value_without_a_secret_is_not_copied() -> None:
    value = {"a": [{"b": "c"}] * 3, "n": 1}
    assert Redactor(["s3cret-token", "12345"]).value(value) is value


def test_bytes_are_masked_in_place() -> None:
    secret = "s3cré-token"
    data = b"\x00\x01" + secret.encode() + b"\xff" + b64(secret).encode()
    shown = Redactor([secret]).octets(data)
    assert len(shown) == len(data)
    assert shown[:2] == b"\x00\x01"
    assert b"s3cr" not in shown
    assert b"token" not in shown
    assert shown.endswith(b"*")
    assert Redactor([secret]).octets(b"plain \x00") == b"plain \x00"


def test_a_redactor_that_learns_many_secrets_knows_them_all() -> None:
    redactor = Redactor(["first-secret"], places=["inputs.a"])
    secrets = [f"token-{number:04}-{number * 7919}" for number in range(60)]
    for each in secrets:
        redactor = redactor.knowing([each])
    text = " ".join(["first-secret", *secrets])
    assert redactor.text(text) == " ".join([MASK] * 61)
    assert redactor.places == ("inputs.a",)
    assert redactor.watching(()).text(text) == redactor.text(text)
    assert redactor.watching(["inputs.b"]).places == ("inputs.b",)


@pytest.mark.parametrize("text", ["\\" * 3000, "s3cr" * 3000, "%25" * 3000, "&amp;" * 3000])
def test_a_text_made_to_cost_time_ends(text: str) -> None:
    redactor = Redactor(["s3cr\\\\\\\\et-token%&", "&&&&%%%%\\\\\\\\x"])
    assert isinstance(redactor.text(text), str)


# Laws

SECRETS = st.text(min_size=4, max_size=24).filter(lambda text: not is_weak(text.strip()))


@settings(deadline=None, max_examples=400)
@given(secret=SECRETS, name=st.sampled_from(sorted(FORMS)), before=st.text(max_size=6),
       after=st.text(max_size=6))  # fmt: skip
@example(secret="0000 \\\\\\", name="in JSON inside JSON", before="\\", after="\\")
@example(secret="&amp;&", name="in HTML inside HTML", before="&", after="amp;")
@example(secret="%25%2", name="percent-encoded twice", before="%25", after="25")
@example(secret="00\xa00", name="in a header that was read as Latin-1", before="", after="00 0")
def test_no_form_of_a_secret_goes_through(secret: str, name: str, before: str, after: str) -> None:
    try:
        planted = FORMS[name](secret.strip())
    except UnicodeEncodeError:
        return  # no server can send such a one
    shown = Redactor([secret]).text(f"{before}{planted}{after}")
    assert MASK in shown
    if MASK[0] not in secret + before + after:
        assert planted.strip('"\\') not in shown or not planted.strip('"\\')


@settings(deadline=None, max_examples=200)
@given(secret=SECRETS, mix=st.lists(st.integers(0, 5), min_size=24, max_size=24))
def test_a_text_that_escapes_only_some_characters_is_known_too(secret: str, mix: list[int]) -> None:
    ways = [
        str,
        every_octet,
        every_unit,
        lambda each: f"&#{ord(each)};",
        lambda each: f"&#x{ord(each):x};",
        lambda each: quote(each, safe=""),
    ]
    try:
        planted = "".join(ways[way](each) for each, way in zip(secret.strip(), mix, strict=False))
    except UnicodeEncodeError:
        return
    assert Redactor([secret]).text(f"<{planted}>") == f"<{MASK}>"


@settings(deadline=None)
@given(secret=SECRETS, text=st.text(alphabet="abcdefghij klmnop.,:", max_size=200))
def test_text_without_the_secret_is_left_alone(secret: str, text: str) -> None:
    if not set(secret) & set("abcdefghij klmnop.,:"):
        assert Redactor([f"\u4e00{secret}"]).text(text) == text
