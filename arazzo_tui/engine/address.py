"""The URL of a request: a server, a path template with its variables filled, a query (PAR-6, SRV-2).

Only what every reader of a URL understands alike is made: the host that is shown is the host that is
called. What the variables and the query hold is made in `serialize`.
"""

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, quote, unquote, urlsplit

from arazzo_tui.engine.serialize import CannotSend, is_dot_segment
from arazzo_tui.language.printable import quoted_name

_IN_PATH = "/:@!$&'()*+,;=-._~%"
_IN_QUERY = _IN_PATH + "?"
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_NEVER_IN_URL = re.compile(r"[\\\s\x00-\x20\x7f-\x9f\ud800-\udfff]")
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[\w.~\-]+)(?::\d*)?")


def expand_path(template: str, values: Mapping[str, str]) -> str:
    """A path template with its variables filled in (PAR-6); may hold a `?` when the template does.

    `values` come from `path_text`. `{name+}`, as some descriptions write, means `{name}`. A fragment,
    which some descriptions use to tell paths apart, is dropped. Raises `CannotSend` for a variable
    without a value and for a segment that would lead to another path.
    """
    written, filled, missing = _VARIABLE.split(_without_fragment(template)), [], []
    for index, piece in enumerate(written):
        if index % 2 == 0:
            filled.append(quote(piece, safe=_IN_QUERY, errors="replace"))
        elif value := values.get(piece) or values.get(piece.rstrip("+*")):
            filled.append(value)
        else:
            missing.append(quoted_name(piece))
    if missing:
        listed = ", ".join(dict.fromkeys(missing))
        raise CannotSend(f"the path {quoted_name(template)} has no value for {listed}")
    path = "".join(filled)
    for segment in path.partition("?")[0].split("/"):
        if segment and is_dot_segment(segment):
            raise CannotSend(
                f"the path {quoted_name(template)} would have the segment "
                f"{quoted_name(unquote(segment))}; the request would go to another path"
            )
    return path


def path_variables(template: str) -> tuple[str, ...]:
    """The names of the variables in a path template, each once (PAR-6)."""
    names = _VARIABLE.findall(_without_fragment(template))
    return tuple(dict.fromkeys(name.rstrip("+*") or name for name in names))


def _without_fragment(template: str) -> str:
    """What stands before the first `#` that is in no variable's name."""
    outside = _VARIABLE.sub(lambda found: "x" * len(found.group()), template)
    at = outside.find("#")
    return template if at < 0 else template[:at]


def join_url(base: str, path: str, query: str = "") -> str:
    """The URL of a request: a server's URL, a path from `expand_path`, an encoded query.

    The server's own path and query stay, before those of the operation; fragments are never sent.
    Raises `CannotSend` for anything but an absolute `http` or `https` URL whose host every reader
    sees alike: no user name, no backslash, no white space, no control characters.
    """
    server = _checked(base)
    if found := _NEVER_IN_URL.search(path + query):
        raise CannotSend(f"the path or query of {quoted_name(base)} holds {_character(found)}")
    own_path, _, path_query = path.partition("#")[0].partition("?")
    joined = quote(server.path, safe=_IN_PATH)
    if own_path:
        joined = joined.removesuffix("/") + "/" + own_path.removeprefix("/")
    queries = "&".join(
        each for each in (quote(server.query, safe=_IN_QUERY), path_query, query) if each
    )
    return f"{server.scheme}://{server.netloc}{joined}" + (f"?{queries}" if queries else "")


def _checked(base: str) -> SplitResult:
    called = f"the server {quoted_name(base)}"
    if found := _NEVER_IN_URL.search(base):
        raise CannotSend(f"{called} holds {_character(found)}, which no URL may")
    try:
        server = urlsplit(base)
        port, host = server.port, server.hostname
    except ValueError as error:
        raise CannotSend(f"{called} is no URL: {error}") from None
    if server.scheme not in ("http", "https"):
        raise CannotSend(f"{called} is not an absolute `http` or `https` URL")
    if "@" in server.netloc:
        raise CannotSend(f"{called} holds a user name or password; credentials go into a header")
    if not host or port == 0 or not _HOST.fullmatch(server.netloc):
        raise CannotSend(f"{called} has no valid host")
    if any(segment and is_dot_segment(segment) for segment in server.path.split("/")):
        raise CannotSend(f"{called} has a segment `.` or `..`; write the path it leads to")
    return server


def _character(found: re.Match[str]) -> str:
    if found.group() == "\\":
        return "a backslash"
    return "a space" if found.group() == " " else f"the character U+{ord(found.group()):04X}"
