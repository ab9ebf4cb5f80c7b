"""A request as a `curl` command that another person can run: the same bytes, without the secrets.

Everything foreign stands in quotes that the shells bash, zsh, ksh and busybox read alike, with every
character that a terminal obeys or hides made visible. Nothing is run here.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_plus, urlsplit

from arazzo_tui.engine.exchange import Request, header
from arazzo_tui.language.jsontext import BadJson, read_json, write_json
from arazzo_tui.language.printable import BAD_CHARACTERS
from arazzo_tui.language.secrets import MASK, Redactor

_HIDDEN = "***"
"""What stands for a secret that no variable holds."""

_LONGEST = 100_000
"""Bytes of a body that a command line is given; a longer one comes from a pipe, which has no limit."""

_WAITS = 1024 * 1024
"""From this many bytes on curl asks the server first, which our request did not."""


def curl(request: Request, redactor: Redactor, variables: Mapping[str, str] | None = None) -> str:
    """The command that sends a request, on as many lines as it has parts.

    `variables` are the environment variables `ARAZZO_TUI_…` by the secrets they hold: these stand as
    `"$ARAZZO_TUI_…"`, every other secret of the redactor as `***`.
    """
    write = _Writer(redactor, variables or {})
    options: list[str] = []
    piped = ""
    if request.method != ("GET" if request.body is None else "POST"):
        is_head = request.method == "HEAD" and request.body is None
        options.append("--head" if is_head else f"--request {_word(request.method)}")
    for name, value in _fields(request):
        options.append(f"--header {write.field(name, value)}")
    if header(request.headers, "accept-encoding"):
        options.append("--compressed")  # what comes back is to be read
    if request.body is not None:
        if b"\0" in request.body or len(request.body) > _LONGEST:
            piped = f"{write.printed(request.body)} | "
            options.append("--data-binary @-")
        else:
            options.append(f"--data-raw {write.body(request.body)}")
    command = f"{piped}curl --globoff --path-as-is {write.url(request.url)}"
    return " \\\n  ".join([command, *options])


def _fields(request: Request) -> Iterator[tuple[str, str | None]]:
    """The fields to name: all but those that curl makes of itself, and its own to be taken back."""
    said = {name.lower() for name, _ in request.headers}
    for name, value in request.headers:
        if name.lower() == "host" and value == _host(request.url):
            continue
        if name.lower() == "content-length" and request.body is not None:
            continue
        yield name, value
    own = ["Accept", "User-Agent"]
    if request.body is not None:
        own.append("Content-Type")
        if len(request.body) >= _WAITS:
            own.append("Expect")
    yield from ((name, None) for name in own if name.lower() not in said)


def _host(url: str) -> str:
    """The Host that curl sends: without the port that the scheme has anyway."""
    parts = urlsplit(url)
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return parts.netloc.removesuffix(usual)


class _Writer:
    """Texts as words of a shell, with variables and masks where their secrets were."""

    def __init__(self, redactor: Redactor, variables: Mapping[str, str]) -> None:
        self._redactor = redactor
        self._names = {
            secret: name
            for secret, name in variables.items()
            if secret and re.fullmatch(r"ARAZZO_TUI_[A-Z0-9_]+", name)
        }
        longest_first = sorted(self._names, key=len, reverse=True)
        self._named = re.compile("(" + "|".join(map(re.escape, longest_first)) + ")")

    def url(self, url: str) -> str:
        """The URL; a secret may be a whole part of it, percent-encoded."""
        return self._words(re.sub(r"[^/?&=]+", self._part, url), "utf-8")

    def _part(self, found: re.Match[str]) -> str:
        said = unquote_plus(found.group())
        return found.group() if self._redactor.text(said) != MASK else _HIDDEN

    def field(self, name: str, value: str | None) -> str:
        """A header field for `--header`; with None one that curl is not to send.

        One without a value is written with a semicolon (curl's manual, `--header`).
        """
        if not value:
            return _word(name + (":" if value is None else ";"))
        if value not in self._names:
            value = _HIDDEN if self._redactor.text(value) == MASK else value
        return self._words(f"{name}: {value}", "latin-1")

    def body(self, data: bytes) -> str:
        """A body as one word."""
        return self._words(self._without_escapes(data), "utf-8")

    def printed(self, data: bytes) -> str:
        """The command that prints a body: `printf` can say what no argument can hold."""
        pieces = list(self._pieces(self._without_escapes(data)))
        form, given = "", ""
        for text, name in pieces:
            form += _ODD.sub(_octal, _bytes_as_text(text, "utf-8")).replace("%", "%%")
            if name:
                form += "%s"
                given += f' "${name}"'
        return f"printf '{form}'{given}"

    def _without_escapes(self, data: bytes) -> str:
        """A body as text: a JSON one anew, all masked, where escapes or numbers hide a secret."""
        text = data.decode("utf-8", "surrogateescape")
        if not self._redactor:
            return text
        try:
            value = read_json(self._named.sub(_HIDDEN, text) if self._names else text)
            clean = self._redactor.value(value)
        except BadJson:
            return text
        return text if clean == value else write_json(clean).replace(MASK, _HIDDEN)

    def _words(self, text: str, charset: str) -> str:
        """A text as one word, made of quoted pieces and of variables."""
        found = ""
        for piece, name in self._pieces(text):
            found += _quoted(_bytes_as_text(piece, charset)) if piece else ""
            found += f'"${name}"' if name else ""
        return found or "''"

    def _pieces(self, text: str) -> Iterator[tuple[str, str]]:
        """Pieces without secrets, each with the name of the variable that comes behind it."""
        parts = self._named.split(text) if self._names else [text]
        for at in range(0, len(parts), 2):
            clean = self._redactor.text(parts[at])
            shown = parts[at] if clean == parts[at] else clean.replace(MASK, _HIDDEN)
            yield shown, self._names[parts[at + 1]] if at + 1 < len(parts) else ""


# ------------------------------------------------------------------------------- quoting


def _word(text: str) -> str:
    return _quoted(_bytes_as_text(text, "utf-8"))


def _bytes_as_text(text: str, charset: str) -> str:
    """The bytes that are meant as the text that UTF-8 reads from them, lone bytes as lone surrogates."""
    if charset == "latin-1" and text.isascii():
        return text
    data = text.encode(charset, "surrogateescape" if charset == "utf-8" else "replace")
    return data.decode("utf-8", "surrogateescape")


_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,-]+")
_ODD = re.compile(BAD_CHARACTERS.pattern + "|['\\\\!]")


def _quoted(text: str) -> str:
    """A word that every one of the shells reads as this text, and a person too."""
    if _PLAIN.fullmatch(text):
        return text
    if BAD_CHARACTERS.search(text):
        return "$'" + _ODD.sub(_octal, text) + "'"
    return "'" + text.replace("'", "'\\''") + "'"


_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\"}


def _octal(found: re.Match[str]) -> str:
    """A character by its bytes in three octal digits, after which any digit may follow."""
    character = found.group()
    data = character.encode("utf-8", "surrogateescape")
    return _SHORT.get(character) or "".join(f"\\{each:03o}" for each in data)
