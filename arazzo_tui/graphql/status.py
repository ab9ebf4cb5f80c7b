"""What a status code means in GraphQL over HTTP: one sentence, said beside a verdict.

A status never decides whether GraphQL succeeded; servers disagree about it too much.
"""


def status_meaning(status: int, content_type: str = "") -> str:
    """One sentence about a status code (GraphQL over HTTP, "Status Codes"; RFC 9110 §15).

    With `application/json` a failure may come from anything on the way, and the sentence says so.
    """
    said = _SENTENCES.get(status) or _of_class(status)
    media = content_type.partition(";")[0].strip().lower()
    if status >= 400 and media != "application/graphql-response+json":
        return f"{status} {said} A proxy on the way may have answered, too."
    return f"{status} {said}"


_SENTENCES = {
    200: "OK: the server answered. It does not say that the operation succeeded; the body does.",
    204: "No Content: the server took the request and says nothing about the operation.",
    294: "Partial Success: the server says itself that there are errors beside the data.",
    400: "Bad Request: the JSON or the query could not be read; many servers also say this of a "
    "query that does not fit the schema.",
    401: "Unauthorized: the server wants credentials before it looks at the operation.",
    403: "Forbidden: the request was understood and refused before it became an operation.",
    404: "Not Found: there is no GraphQL endpoint at this path.",
    405: "Method Not Allowed: only POST is sure to work, and GET only for queries.",
    406: "Not Acceptable: the server has none of the media types in `Accept`, or wants another "
    "method for this operation.",
    408: "Request Timeout: the server did not wait for the rest of the request.",
    413: "Content Too Large: the body is over a limit of the server or of a proxy.",
    415: "Unsupported Media Type: the body must be sent as `application/json`.",
    422: "Unprocessable Content: the request was read and does not fit the schema, or its "
    "variables do not fit their types; nothing was executed.",
    429: "Too Many Requests: slow down; `Retry-After` may say for how long.",
    500: "Internal Server Error: the server failed outside of GraphQL, or says so of a field.",
    502: "Bad Gateway: a proxy got no usable answer from the server behind it.",
    503: "Service Unavailable: the server, or a proxy before it, takes no requests now.",
    504: "Gateway Timeout: a proxy gave up waiting; the operation may have run all the same.",
}


def _of_class(status: int) -> str:
    match status // 100:
        case 2:
            return "is a success to HTTP; the body says whether the operation succeeded."
        case 3:
            return "sends the request elsewhere; following it can turn a POST into a GET."
        case 4:
            return "blames the request; GraphQL over HTTP gives this code no meaning of its own."
        case 5:
            return "blames the server; GraphQL over HTTP gives this code no meaning of its own."
        case _:
            return "has no meaning in GraphQL over HTTP."
