"""A YAML text as data with places, composed from the parser's events (YAML 1.2.2, DOC-3).

PyYAML's parser gives events and nothing else is used of it: no tag makes an object, no nesting can
overflow a stack, no alias costs more than `Limits` allow. What an error of the parser means to a
person stands in `yaml_errors`, what a word means in `core_schema`.
"""

import re
from collections.abc import Callable
from enum import Enum
from typing import Protocol, TypeAlias

import yaml
from msgspec import Struct
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from arazzo_tui.document.budget import Findings, Limits, Refused
from arazzo_tui.document.core_schema import NULLS, STARTS, TAG, read_tagged, read_word, remark
from arazzo_tui.document.marked import Array, Node, Object, Place
from arazzo_tui.document.source import did_you_mean
from arazzo_tui.language.jsontext import write_json
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json


class Events(Protocol):
    """A parser: it gives the events of one text, one after the other."""

    def get_event(self) -> Event | None:
        """The next event."""


Parser: TypeAlias = Callable[[str], Events]
_NextEvent: TypeAlias = Callable[[], Event | None]

PARSER: Parser = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""libyaml, or PyYAML's own parser where it was built without; both give the same events."""

_MOST_TAG_DIRECTIVES = 100  # each one is compared with all before it
_NAME = 60  # longer names of anchors, and more of them, are not searched for likeness


def read_yaml(findings: Findings, limits: Limits, parser: Parser = PARSER) -> Node | None:
    """The first document of a YAML text; None when there is none.

    Problems go to `findings`. Raises `Refused` where the text cannot be read any further.
    """
    source = findings.source
    text, restored = _without_foreign_breaks(source.text)
    if text.count("\n%TAG") > _MOST_TAG_DIRECTIVES:
        message = f"more than {_MOST_TAG_DIRECTIVES} lines begin with `%TAG`"
        raise findings.refuse("yaml-syntax", message, 1, 1)
    try:
        next_event = parser(text).get_event
        if restored:
            next_event = _restoring(next_event, restored)
        return _Composer(next_event, findings, limits).document()
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        from arazzo_tui.document.yaml_errors import refused_by_parser

        # ValueError and OverflowError: code points that are none, which PyYAML lets through
        raise refused_by_parser(error, findings) from None


# YAML 1.1 breaks lines at these, and the parser does; YAML 1.2 and editors do not. A byte order mark
# inside a text is dropped by one parser and kept by the other.
_FOREIGN = re.compile("[\x85\u2028\u2029\ufeff]")


def _without_foreign_breaks(text: str) -> tuple[str, dict[int, str]]:
    """The text with substitutes for foreign line breaks, and the way back from the substitutes.

    The substitutes are private characters that the text does not hold, not even as an escape.
    """
    if text.isascii() or not _FOREIGN.search(text):
        return text, {}
    lowered = text.lower()
    unused = (
        code
        for code in range(0xF0000, 0xFFFF0)
        if chr(code) not in text and f"{code:x}" not in lowered
    )
    substitutes = dict(zip("\x85\u2028\u2029\ufeff", unused, strict=False))
    back = {code: character for character, code in substitutes.items()}
    return text.translate({ord(character): code for character, code in substitutes.items()}), back


def _restoring(next_event: _NextEvent, back: dict[int, str]) -> _NextEvent:
    def restored() -> Event | None:
        event = next_event()
        if isinstance(event, ScalarEvent):
            event.value = event.value.translate(back)
        return event

    return restored


class _Anchor(Struct):
    """What an alias stands for, and how many values that is; open while it is still being read."""

    value: Json
    size: int = 0
    open: bool = True


class _NoName(Enum):
    """What stands where a name is expected."""

    MERGE = "the merge key, whose value brings its own names"
    CONTAINER = "an object or an array, which JSON does not allow there"


_SPECIAL_NAMES = NULLS | {"<<"}


class _Composer:
    """One document's events to data. It calls itself once for each level, and levels are limited."""

    def __init__(self, next_event: _NextEvent, findings: Findings, limits: Limits) -> None:
        self.next_event = next_event
        self.findings = findings
        self.limits = limits
        self.nodes = 0  # values written so far
        self.extra = 0  # values that aliases stand for, beside themselves
        self.most = limits.nodes
        self.anchors: dict[str, _Anchor] = {}
        self.names: dict[str, str] = {}  # each name is kept once
        self.words: dict[str, Json] = {}  # unquoted words already understood

    def document(self) -> Node | None:
        """The root of the first document."""
        self.next_event()  # the stream's start
        if not isinstance(self.next_event(), StreamEndEvent):
            root = self._event()
            if not _is_empty(root):
                value = self._value(root, 0)
                self._look_behind()
                return Node(self.findings.source, value, *_place(root))
        self.findings.add("empty-document", "there is nothing in this document", 1, 1)
        return None

    def _look_behind(self) -> None:
        """A warning when another document follows that is not empty."""
        self.next_event()  # the document's end
        start = self.next_event()
        if isinstance(start, DocumentStartEvent) and not _is_empty(self._event()):
            message = "another document starts here; only the first one is read"
            self.findings.warn(
                "several-documents", message, *_place(start), "put it in its own file"
            )

    def _event(self) -> Event:
        event = self.next_event()
        assert event is not None  # a parser ends with the stream's end, which is never passed
        return event

    def _value(self, event: Event | None, depth: int) -> Json:
        """The value that begins with an event."""
        self.nodes += 1
        if self.nodes > self.most:
            raise self._too_many(event)
        if type(event) is ScalarEvent:
            if event.tag is None and event.anchor is None:
                text = event.value
                if not event.implicit[0] or text[:1] not in STARTS:
                    return text
                return self.words[text] if text in self.words else self._word(event)
            return self._marked_scalar(event)
        if type(event) is MappingStartEvent:
            return self._mapping(event, depth + 1)
        if type(event) is SequenceStartEvent:
            return self._sequence(event, depth + 1)
        assert isinstance(event, AliasEvent)
        return self._alias(event)

    def _mapping(self, start: MappingStartEvent, depth: int) -> Object:
        found = Object()
        found.line, found.column = _place(start)
        places = found.places = {}
        anchor = self._opened(start, found, depth)
        inherited: set[str] = set()
        next_event = self.next_event
        event: Event | None = None
        while type(key := next_event()) is not MappingEndEvent:
            name = self._name(key, depth)
            event = next_event()
            value = self._value(event, depth)
            if type(name) is not str:
                if name is _NoName.MERGE:
                    self._merge(found, value, inherited, event)
            elif name in found and name not in inherited:
                self.findings.twice(name, places[name][0], *_place(key))
            else:
                found[name] = value
                places[name] = _places(key, event)
                if inherited:
                    inherited.discard(name)
        if start.flow_style and _is_empty(event):
            self._warn_of_braces(found)
        if anchor:
            self._close(anchor)
        return found

    def _sequence(self, start: SequenceStartEvent, depth: int) -> Array:
        found = Array()
        found.line, found.column = _place(start)
        places = found.places = []
        anchor = self._opened(start, found, depth)
        next_event = self.next_event
        while type(event := next_event()) is not SequenceEndEvent:
            found.append(self._value(event, depth))
            places.append(_place(event))
        if anchor:
            self._close(anchor)
        return found

    def _name(self, key: Event | None, depth: int) -> str | _NoName:
        """The name that a key stands for: as it is written, whatever type the word would be."""
        if type(key) is ScalarEvent and key.tag is None and key.anchor is None:
            name = key.value
            if not key.implicit[0] or name not in _SPECIAL_NAMES:
                return self.names.setdefault(name, name)
            return _NoName.MERGE if name == "<<" else "null"
        return self._unusual_name(key, depth)

    def _unusual_name(self, key: Event | None, depth: int) -> str | _NoName:
        """The name of a key with an anchor or a tag, or of an alias; no container is a name."""
        if isinstance(key, ScalarEvent) and key.tag == TAG + "merge":
            return _NoName.MERGE
        value = self._value(key, depth)
        if isinstance(key, ScalarEvent):
            return "null" if value is None else key.value
        if not isinstance(value, (dict, list)):
            return value if isinstance(value, str) else write_json(value)
        message = "a name is a string; this is an object or an array"
        hint = "text that begins with `{` or `[` needs quotes"
        self.findings.add("key-not-a-string", message, *_place(key), hint)
        return _NoName.CONTAINER

    def _merge(self, found: Object, value: Json, inherited: set[str], event: Event | None) -> None:
        """The members that `<<` brings: what is there stays, what comes later replaces them.

        Its costs are paid already, since every alias counts with all it stands for.
        """
        for brought in value if isinstance(value, Array) else [value]:
            if isinstance(brought, Object):
                new = [name for name in brought if name not in found]
                inherited.update(new)
                found.update((name, brought[name]) for name in new)
                found.places.update((name, brought.places[name]) for name in new)
            elif value is not None:  # null is what a wrong alias was read as
                message = "`<<` takes an object or a list of objects"
                self.findings.add("bad-merge", message, *_place(event))
                return

    def _warn_of_braces(self, found: Object) -> None:
        """`{$inputs.id}` without quotes is an object with one name and no value."""
        for name, value in found.items():
            if value is None and name.startswith("$"):
                shown = quoted_name(f"{{{name}}}")
                message = f"{shown} without quotes is an object in YAML, and no expression"
                hint = f'write "{{{name}}}" in quotes'
                self.findings.warn("unquoted-expression", message, found.line, found.column, hint)

    def _word(self, event: ScalarEvent) -> Json:
        """The value of an unquoted word that may be something else than a string."""
        text = event.value
        value = read_word(text)
        noted = remark(text)
        if noted is None:
            self.words[text] = value
            return value
        code, message, hint = noted
        tell = self.findings.add if isinstance(value, str) else self.findings.warn
        tell(code, message, *_place(event), hint)
        return value

    def _marked_scalar(self, event: ScalarEvent) -> Json:
        """The value of a scalar with an anchor or a tag."""
        value: Json = event.value
        if event.tag is not None:
            value = self._tagged(event.tag, event)
        elif event.implicit[0]:
            value = self._word(event)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchor(value, 1, open=False)
        return value

    def _tagged(self, tag: str, event: ScalarEvent) -> Json:
        try:
            return read_tagged(tag, event.value)
        except KeyError:
            self._unknown_tag(tag, event)
        except ValueError as wrong:
            self.findings.add("wrong-tag", str(wrong), *_place(event))
        return event.value

    def _opened(
        self, start: MappingStartEvent | SequenceStartEvent, found: Object | Array, depth: int
    ) -> _Anchor | None:
        """Looks at the depth and the tag of a container that begins, and keeps its anchor."""
        if depth > self.limits.depth:
            raise self.findings.too_deep(self.limits, *_place(start))
        if start.tag is not None and start.tag not in ("!", _tag_of(found)):
            self._unknown_tag(start.tag, start)
        if start.anchor is None:
            return None
        anchor = _Anchor(found, 1 - self.nodes - self.extra)
        self.anchors[start.anchor] = anchor
        return anchor

    def _close(self, anchor: _Anchor) -> None:
        anchor.size += self.nodes + self.extra
        anchor.open = False

    def _alias(self, event: AliasEvent) -> Json:
        """What an alias stands for: the same object, paid for in full."""
        name = event.anchor or ""
        anchor = self.anchors.get(name)
        if anchor is None:
            self._unknown_anchor(name, event)
            return None
        if anchor.open:
            message = f"{quoted_name('*' + name)} stands inside the value it stands for"
            self.findings.add("alias-cycle", message, *_place(event))
            return None
        self.extra += anchor.size - 1
        self.most = min(self.limits.nodes, self.limits.expanded - self.extra)
        if self.nodes > self.most:
            raise self._too_many(event)
        return anchor.value

    def _unknown_anchor(self, name: str, event: AliasEvent) -> None:
        message = f"there is no anchor {quoted_name('&' + name)} before this alias"
        hint = "text that begins with `*` needs quotes"
        short = (
            [known for known in self.anchors if len(known) <= _NAME] if len(name) <= _NAME else []
        )
        if 0 < len(short) <= _NAME and not self.findings.full:  # likeness is dear
            hint = did_you_mean(name, short)
        self.findings.add("unknown-anchor", message, *_place(event), hint)

    def _too_many(self, event: Event | None) -> Refused:
        expanded = self.nodes <= self.limits.nodes
        most = self.limits.expanded if expanded else self.limits.nodes
        return self.findings.too_many(most, *_place(event), expanded=expanded)

    def _unknown_tag(self, tag: str, event: Event) -> None:
        short = "!!" + tag.removeprefix(TAG) if tag.startswith(TAG) else tag
        message = f"the tag {quoted_name(short)} is not read; JSON has no such type"
        hint = "take it out; text that begins with `!` needs quotes"
        self.findings.add("unknown-tag", message, *_place(event), hint)


def _tag_of(found: Object | Array) -> str:
    return TAG + ("map" if isinstance(found, Object) else "seq")


def _is_empty(event: Event | None) -> bool:
    """Whether there is nothing at all where a value could be."""
    return (
        isinstance(event, ScalarEvent)
        and event.value == ""
        and event.implicit[0]
        and event.tag is None
    )


def _place(event: Event | None) -> Place:
    assert event is not None
    mark = event.start_mark
    assert mark is not None
    return mark.line + 1, mark.column + 1


def _places(key: Event | None, event: Event | None) -> tuple[int, int, int, int]:
    assert key is not None
    assert event is not None
    name, value = key.start_mark, event.start_mark
    assert name is not None
    assert value is not None
    line = name.line + 1  # mostly also that of the value, and then one number for both
    below = line if value.line == name.line else value.line + 1
    return line, name.column + 1, below, value.column + 1
