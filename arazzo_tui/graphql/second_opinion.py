"""The GraphQL verdict of a finished attempt, beside Arazzo's: never merged with it, never changing it."""

from arazzo_tui.engine.content import BinaryContent, JsonContent, NoContent, TextContent
from arazzo_tui.engine.exchange import Failure, Request, Response, header
from arazzo_tui.engine.moment import Answer, Returned
from arazzo_tui.graphql.request import is_graphql
from arazzo_tui.graphql.verdict import Body, NotJson, Verdict, judge, no_answer


def second_opinion(request: Request | None, answer: Answer) -> Verdict | None:
    """What GraphQL says about an answer; None when the request was no GraphQL."""
    if request is None or not is_graphql(request.payload):
        return None
    match answer:
        case Failure():
            return no_answer(answer.message)
        case Returned():
            return None
        case Response():
            kind = header(answer.headers, "content-type") or ""
            return judge(answer.status, kind, _body(answer))


def _body(response: Response) -> Body:
    match response.content:
        case JsonContent(value):
            return value
        case TextContent(text):
            return NotJson(text)
        case BinaryContent() | NoContent():
            return NotJson("")
