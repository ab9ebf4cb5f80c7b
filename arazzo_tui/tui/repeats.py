"""Which requests are not safe to send twice, and the words that ask before it is done. Pure."""

from collections.abc import Iterable

from arazzo_tui.engine.exchange import Request
from arazzo_tui.graphql.request import read_operation
from arazzo_tui.graphql.syntax import Kind
from arazzo_tui.language.printable import one_line
from arazzo_tui.language.secrets import Redactor

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"})
_MOST = 5


def unsafe(request: Request) -> bool:
    """Whether sending it again may change something: by its method (RFC 9110 §9.2.1), of a GraphQL
    request by its operation, for a query changes nothing however it is sent.
    """
    if request.method.upper() in _SAFE_METHODS:
        return False
    operation = read_operation(request.payload)
    return operation is None or operation.kind is not Kind.QUERY


def named(request: Request) -> str:
    """A request in a line: method, URL, and the GraphQL operation it carries."""
    operation = read_operation(request.payload)
    kind = operation.kind.value if operation and operation.kind else ""
    name = f"  {kind} {operation.name or ''}".rstrip() if operation else ""
    return f"{request.method} {one_line(request.url, 200)}{one_line(name, 80)}"


def repeat_lines(requests: Iterable[Request], redactor: Redactor) -> list[str]:
    """The requests that would be repeated, and that the world remembers the first time."""
    said = [redactor.text(named(each)) for each in requests]
    more = [f"and {len(said) - _MOST} more"] if len(said) > _MOST else []
    return [*said[:_MOST], *more, "", "Going back does not undo what a server has done."]
