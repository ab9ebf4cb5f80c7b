"""From edited headers and an edited query to changes of the step that sends them.

A constant parameter of the step is changed or taken out, a new field becomes a new parameter. What
expressions, credentials or the program itself put there is left, and so are server and path.
"""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

from arazzo_tui.document.arazzo import Parameter, Step
from arazzo_tui.document.marked import Node
from arazzo_tui.document.rewrite import Insert, Remove, SetValue
from arazzo_tui.engine.body_changes import NOT_CHANGED, BodyChanges, Changes
from arazzo_tui.engine.exchange import Request, header
from arazzo_tui.engine.serialize import scalar_text
from arazzo_tui.language.jsontext import BadJson, read_json
from arazzo_tui.language.printable import one_line, quoted_name
from arazzo_tui.language.template import Constant
from arazzo_tui.language.values import Json

_SECRET = frozenset({"authorization", "proxy-authorization", "cookie"})
"""Fields whose new values are not written into a file that others read."""

_TARGETS = (
    "operationId", "operationPath", "graphqlOperation", "channelPath", "workflowId", "stepId",
)  # fmt: skip


class ParameterChanges(Struct):
    """One comparison of a request's URL and headers as built and as edited."""

    step: Step
    node: Node
    before: Request
    after: Request
    found: Changes
    meant: dict[tuple[str, str], tuple[str, ...]] = {}
    """What each edited parameter is to be, by place and name; nothing for one that is no more."""
    _new: list[Parameter] = []
    _gone: list[tuple[int, Remove]] = []

    def collect(self) -> None:
        """Compare the URLs and the headers; `finish` is to follow."""
        self._line()
        self._query()
        self._headers()

    def finish(self) -> None:
        """Put what is new behind all that is changed, and what is no more last."""
        self._insert()
        for _, change in sorted(self._gone, key=lambda each: each[0], reverse=True):
            self.found.todo.append((change, ("parameters",)))

    def add(self, name: str, location: str, value: Json) -> None:
        """A new parameter of the step."""
        self._new.append(Parameter(name, location, Constant(value), self.step.mark))

    def remove(self, item: Node) -> None:
        """No more parameter where this one stands."""
        self._gone.append((int(item.path[-1]), Remove(item.path)))

    def item(self, given: Parameter) -> Node | None:
        """Where a parameter is written in the step; None where that is among the components."""
        listed = self.node.get("parameters")
        here = given.mark.line, given.mark.column
        items = listed.items() if listed is not None else ()
        return next((each for each in items if (each.line, each.column) == here), None)

    def _line(self) -> None:
        if self.after.method != self.before.method:
            said = f"the method `{self.after.method}` instead of `{self.before.method}`"
            self.found.keep(("method",), f"{said}: {NOT_CHANGED}, the operation says it")
        old, new = urlsplit(self.before.url), urlsplit(self.after.url)
        if (old.scheme, old.netloc) != (new.scheme, new.netloc):
            said = quoted_name(f"{new.scheme}://{new.netloc}")
            self.found.keep(("server",), f"the server {said}: {NOT_CHANGED}, its source says it")
        if old.path != new.path:
            said = quoted_name(new.path)
            self.found.keep(("path",), f"the path {said}: {NOT_CHANGED}, the operation says it")

    # ------------------------------------------------------------------------------- query

    def _query(self) -> None:
        old, new = _pairs(self.before.url), _pairs(self.after.url)
        for name in {**old, **new}:
            before, after = old.get(name, ()), new.get(name, ())
            if before == after:
                continue
            place = ("query", name)
            if any(each.location == "querystring" for each in self.step.parameters):
                sentence = f"{_called(place)}: the step writes its whole query as one parameter"
                self.found.keep(place, f"{sentence}: {NOT_CHANGED}")
            elif before and name not in self.before.query and self._given(place) is None:
                sentence = f"{_called(place)} stands in the URL of the server or in the path"
                self.found.keep(place, f"{sentence}: {NOT_CHANGED}")
            else:
                self._field(place, before, after)

    # ------------------------------------------------------------------------------- headers

    def _headers(self) -> None:
        names = [name.lower() for name, _ in (*self.after.headers, *self.before.headers)]
        for name in dict.fromkeys(names):
            before, after = header(self.before.headers, name), header(self.after.headers, name)
            if before == after or name == "content-length":
                continue
            place = ("header", name)
            written = next((each for each, _ in self.after.headers if each.lower() == name), name)
            if name == "host":
                if after != urlsplit(self.after.url).netloc:
                    self.found.keep(place, f"{_called(place)}: {NOT_CHANGED}, the URL says it")
            elif name == "content-type" and self._given(place) is None:
                self._content_type(place, after)
            else:
                old, new = _some(before), _some(after)
                self._field(place, old, new, written)

    def _content_type(self, place: tuple[str, str], after: str | None) -> None:
        """The content type of the body, which is a field of its own there (BOD-1)."""
        body = self.node.get("requestBody")
        if body is None or after is None:
            self.found.keep(place, f"{_called(place)} is that of the body: {NOT_CHANGED}")
            return
        self.meant[place] = (after,)
        given = body.get("contentType")
        if given is not None:
            self.found.todo.append((SetValue(given.path, after), place))
        else:
            self.found.todo.append((Insert((*body.path, "contentType"), after), place))

    # ------------------------------------------------------------------------------- parameters

    def _field(
        self,
        place: tuple[str, str],
        before: tuple[str, ...],
        after: tuple[str, ...],
        written: str = "",
    ) -> None:
        """One header or name of the query that is not what it was."""
        brought = next((each for each in self.before.origins if each.place[:2] == place), None)
        given = self._given(place)
        item = self.item(given) if given is not None else None
        if brought is not None:
            text = one_line(brought.text, 80)
            source = f"`{text}`" if brought.by == "document" else text
            self.found.keep(place, f"{_called(place)} comes from {source}: {NOT_CHANGED}")
        elif given is not None and item is None:
            sentence = f"{_called(place)} comes from the components of the document"
            self.found.keep(place, f"{sentence}: {NOT_CHANGED}")
        elif given is not None and item is not None:
            self._given_field(place, given, item, before, after)
        elif not after:
            self.found.keep(place, f"{_called(place)} is not the step's own: {NOT_CHANGED}")
        elif len(after) > 1:
            self.found.keep(place, f"{_called(place)} is there more than once: {NOT_CHANGED}")
        elif place[0] == "header" and place[1] in _SECRET:
            sentence = f"{_called(place)} may be a secret, which a document is no place for"
            self.found.keep(place, f"{sentence}: {NOT_CHANGED}")
        else:
            self.meant[place] = after
            self.add(written or place[1], place[0], after[0])

    def _given_field(
        self,
        place: tuple[str, str],
        given: Parameter,
        item: Node,
        before: tuple[str, ...],
        after: tuple[str, ...],
    ) -> None:
        """A parameter of the step itself, which is constant."""
        value = item.get("value")
        old = given.value.value if isinstance(given.value, Constant) else None
        if value is None or not isinstance(given.value, Constant) or not _is_sent(old, before):
            sentence = f"{_called(place)} was not sent as it stands in the document"
            self.found.keep(place, f"{sentence}: {NOT_CHANGED}")
            return
        self.meant[place] = after
        if not after:
            self.remove(item)
            return
        new: Json = list(after)
        if isinstance(old, list) and old:
            new = [_typed(old[min(at, len(old) - 1)], text) for at, text in enumerate(after)]
        elif len(after) == 1:
            new = _typed(old, after[0])
        BodyChanges(self.found, {}).value(given.value, value, old, new, place)

    def _given(self, place: tuple[str, str]) -> Parameter | None:
        """The step's own parameter for a place; a location that is left out is any (PAR-3)."""
        location, name = place
        for each in self.step.parameters:
            own = each.name.lower() if location == "header" else each.name
            if own == name and each.location in (location, ""):
                return each
        return None

    def _insert(self) -> None:
        """New parameters behind those there are, or as the first of the step."""
        listed = self.node.get("parameters")
        home = (*self.node.path, "parameters")
        count = len(list(listed.items())) if listed is not None else 0
        for each in self._new:
            assert isinstance(each.value, Constant)  # so they are made
            value: dict[str, Json] = {
                "name": each.name, "in": each.location, "value": each.value.value
            }  # fmt: skip
            place = (each.location, _key(each))
            if listed is None and count == 0:
                target = next(name for name in _TARGETS if self.node.get(name) is not None)
                self.found.todo.append((Insert(home, [value], target), place))
            elif listed is not None and listed.value is None and count == 0:
                self.found.todo.append((SetValue(home, [value]), place))
            else:
                self.found.todo.append((Insert((*home, str(count)), value), place))
            count += 1


def fields_settled(changes: ParameterChanges, step: Step) -> bool:
    """Whether the parameters of the step that was read again are those that are meant."""
    for place, meant in changes.meant.items():
        if place in changes.found.kept:
            continue
        location, name = place
        own = [
            each
            for each in step.parameters
            if (_key(each), each.location or location) == (name, location)
        ]
        if place == ("header", "content-type") and not own:
            if step.body is None or (step.body.content_type,) != meant:
                return False
        elif bool(own) != bool(meant) or not all(_is(each, meant) for each in own):
            return False
    return True


def _is(parameter: Parameter, meant: tuple[str, ...]) -> bool:
    return isinstance(parameter.value, Constant) and _is_sent(parameter.value.value, meant)


def _is_sent(value: Json, texts: tuple[str, ...]) -> bool:
    """Whether a constant is sent as these texts; a header loses the white space round it."""
    own = _texts(value)
    return texts in (own, tuple(each.strip(" \t") for each in own))


def _key(parameter: Parameter) -> str:
    return parameter.name.lower() if parameter.location == "header" else parameter.name


def _called(place: tuple[str, str]) -> str:
    location, name = place
    return f"the {'header' if location == 'header' else 'query parameter'} {quoted_name(name)}"


def _some(text: str | None) -> tuple[str, ...]:
    return () if text is None else (text,)


def _pairs(url: str) -> Mapping[str, tuple[str, ...]]:
    """The values of each name in a query."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        found[name] = (*found.get(name, ()), value)
    return found


def _texts(value: Json) -> tuple[str, ...]:
    """The texts that a constant is sent as, one for each item of a list."""
    return tuple(_each_text(value))


def _each_text(value: Json) -> Iterator[str]:
    match value:
        case None:
            return
        case str():
            yield value
        case Sequence():
            yield from (scalar_text(item) for item in value)
        case _:
            yield scalar_text(value)


def _typed(old: Json, text: str) -> Json:
    """A text as a value of the kind that stood there: `6` for a number is a number."""
    if old is None or isinstance(old, str | list | Mapping):
        return text
    try:
        value = read_json(text)
    except BadJson:
        return text
    return value if isinstance(value, int | float) else text
