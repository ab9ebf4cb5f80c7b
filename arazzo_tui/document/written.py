"""A document's text as the tree of its values: from which character to which each one is written, and how.

`marked` remembers where values begin; who changes a text must know where they end, too. Comments, white
space and punctuation belong to nobody here and are what lies between.
"""

import re
from collections.abc import Callable, Iterator
from json import JSONDecoder
from typing import Literal, TypeAlias

import yaml
from msgspec import Struct
from yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from arazzo_tui.document.budget import Findings, Limits, Refused
from arazzo_tui.document.json_text import NotJson, scan_json
from arazzo_tui.document.marked import Array, Node, Object
from arazzo_tui.document.source import Source
from arazzo_tui.document.yaml_text import PARSER
from arazzo_tui.language.values import Pointer, array_index

Style: TypeAlias = Literal["json", "plain", "'", '"', "|", ">", "flow", "block", "alias"]
"""How a value is written; `json` is anything in a JSON text, `flow` and `block` are YAML's containers."""


class Written(Struct, frozen=True):
    """A value in a text: offsets of its first character and of the one behind its last.

    `tail` is where the blank lines that follow a block scalar end; elsewhere it is `end`. The end of
    a block of members or items is the end of its last one.
    """

    start: int
    end: int
    style: Style
    members: "tuple[Member, ...]" = ()
    items: "tuple[Written, ...]" = ()
    tail: int = 0

    def member(self, name: str) -> "Member | None":
        """The member of that name; None for none, and where this is no object."""
        return next((each for each in self.members if each.name == name), None)

    def at(self, way: Pointer) -> "Written | None":
        """What is written at a pointer; None where nothing is."""
        here = self
        for token in way:
            member = here.member(token)
            index = array_index(token)
            if member is not None:
                here = member.value
            elif index is not None and index < len(here.items):
                here = here.items[index]
            else:
                return None
        return here


class Member(Struct, frozen=True):
    """A name in a text, and the value that belongs to it."""

    name: str
    start: int
    end: int
    style: Style
    value: Written


def written(source: Source) -> Written | None:
    """The tree of a text that `load` has read; None for one that it would refuse."""
    try:
        root = scan_json(Findings(source), Limits())
    except NotJson:
        return _yaml(source.text)
    except Refused:
        return None
    return _Json(source.text).value(root)


# --------------------------------------------------------------------------------------- JSON


class _Json:
    """Ends of values in a JSON text, whose beginnings are known."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._decode = JSONDecoder().raw_decode

    def value(self, node: Node) -> Written:
        start = self._offset(node.line, node.column)
        match node.value:
            case Object() as box:
                members = tuple(self._member(box, name, each) for name, each in node.members())
                last = members[-1].value.end if members else start + 1
                end = self._text.index("}", last) + 1
                return Written(start, end, "json", members, tail=end)
            case Array():
                items = tuple(self.value(each) for each in node.items())
                end = self._text.index("]", items[-1].end if items else start + 1) + 1
                return Written(start, end, "json", items=items, tail=end)
            case _:
                end = self._decode(self._text, start)[1]
                return Written(start, end, "json", tail=end)

    def _member(self, box: Object, name: str, value: Node) -> Member:
        line, column, _, _ = box.places[name]
        start = self._offset(line, column)
        return Member(name, start, self._decode(self._text, start)[1], "json", self.value(value))

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column - 1


# --------------------------------------------------------------------------------------- YAML

_FOREIGN = str.maketrans(dict.fromkeys("\x85\u2028\u2029\ufeff", "\ue000"))
"""What the parser takes for the end of a line, and we do not (see `yaml_text`); only places count here."""

_STYLES: dict[str | None, Style] = {"'": "'", '"': '"', "|": "|", ">": ">"}
_BLANK = re.compile(r"(?:\r?\n[ \t]*)+\Z")


def _yaml(text: str) -> Written | None:
    try:
        events = _events(PARSER(text.translate(_FOREIGN)).get_event)
        for event in events:
            if isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent):
                return _value(event, events, text)
    except (yaml.YAMLError, ValueError, OverflowError):  # what `read_yaml` tells of
        pass
    return None


def _events(next_event: Callable[[], Event | None]) -> Iterator[Event]:
    while (event := next_event()) is not None:
        yield event


def _value(event: Event, events: Iterator[Event], text: str) -> Written:
    """The value that begins with an event; its other events are taken."""
    start, end = _span(event)
    match event:
        case MappingStartEvent():
            members: list[Member] = []
            while not isinstance(key := next(events), MappingEndEvent):
                members.append(_member(key, events, text))
            last = members[-1].value.end if members else end
            return _container(event, key, last, tuple(members), ())
        case SequenceStartEvent():
            items: list[Written] = []
            while not isinstance(item := next(events), SequenceEndEvent):
                items.append(_value(item, events, text))
            last = items[-1].end if items else end
            return _container(event, item, last, (), tuple(items))
        case AliasEvent():
            return Written(start, end, "alias", tail=end)
        case ScalarEvent() if event.style in ("|", ">"):
            blank = _BLANK.search(text, start, end)
            stop = blank.start() if blank else end
            return Written(start, stop, _STYLES[event.style], tail=end)
        case _:
            style = event.style if isinstance(event, ScalarEvent) else None
            return Written(start, end, _STYLES.get(style, "plain"), tail=end)


def _container(
    start: MappingStartEvent | SequenceStartEvent,
    end: Event,
    last: int,
    members: tuple[Member, ...],
    items: tuple[Written, ...],
) -> Written:
    stop = _span(end)[1] if start.flow_style else last
    return Written(
        _span(start)[0], stop, "flow" if start.flow_style else "block", members, items, stop
    )


def _member(key: Event, events: Iterator[Event], text: str) -> Member:
    name = _value(key, events, text)
    value = _value(next(events), events, text)
    called = key.value if isinstance(key, ScalarEvent) else ""
    return Member(called, name.start, name.end, name.style, value)


def _span(event: Event) -> tuple[int, int]:
    start, end = event.start_mark, event.end_mark
    assert start is not None
    assert end is not None
    return start.index, end.index
