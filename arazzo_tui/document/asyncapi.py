"""An AsyncAPI description as far as a debugger of HTTP needs it: what a step may name in it.

AsyncAPI 2 and 3: operations by their ids and channels by their keys, each with a few words to show. Nothing
is sent over message brokers here, so schemas, bindings and servers are not read.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from arazzo_tui.document.marked import Node
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import read_pointer


class AsyncApi(Struct, frozen=True):
    """One AsyncAPI description; `name` is that of its source description.

    `operations` and `channels` are by the names that steps use (ASY-1), each with words about it.
    """

    name: str
    version: str = ""
    operations: Mapping[str, str] = {}
    channels: Mapping[str, str] = {}

    def channel_at(self, fragment: str) -> str | None:
        """The key of the channel that the JSON Pointer of a `channelPath` names; None for none (OPN-7)."""
        try:
            tokens = read_pointer(fragment)
        except ValueError:
            return None
        match tokens:
            case ("channels", name) if name in self.channels:
                return name
            case _:
                return None


def is_async_api(node: Node) -> bool:
    """Whether a document says that it is an AsyncAPI description."""
    return isinstance(node.value, dict) and "asyncapi" in node.value


def read_async_api(name: str, node: Node) -> AsyncApi:
    """What can be named in an AsyncAPI description, in the order it is written in.

    Total: what is not as AsyncAPI has it is left out.
    """
    version = node.get("asyncapi")
    said = str(version.value) if version and isinstance(version.value, str | float) else ""
    channels = {key: _channel_words(key, each) for key, each in _members(node, "channels")}
    return AsyncApi(name, said, {**dict(_operations(node)), **dict(_older(node))}, channels)


def _operations(node: Node) -> Iterator[tuple[str, str]]:
    """AsyncAPI 3: `operations` by their keys."""
    for key, each in _members(node, "operations"):
        channel, action = each.get("channel"), _text(each, "action")
        reference = _text(channel, "$ref") if channel is not None else ""
        on = f"the channel {quoted_name(_last(reference))}" if reference else ""
        yield key, " on ".join(part for part in (f"`{action}`" if action else "", on) if part)


def _older(node: Node) -> Iterator[tuple[str, str]]:
    """AsyncAPI 2: `publish` and `subscribe` of channels, by their `operationId`."""
    for key, channel in _members(node, "channels"):
        for name in ("publish", "subscribe"):
            operation = channel.get(name)
            found = _text(operation, "operationId") if operation is not None else ""
            if found:
                yield found, f"`{name}` on the channel {quoted_name(key)}"


def _channel_words(key: str, channel: Node) -> str:
    address = _text(channel, "address")
    return f"at {quoted_name(address)}" if address and address != key else ""


def _members(node: Node, name: str) -> Iterator[tuple[str, Node]]:
    found = node.get(name)
    for key, each in found.members() if found is not None else ():
        if isinstance(each.value, dict):
            yield key, each


def _text(node: Node, name: str) -> str:
    found = node.get(name)
    return found.value if found is not None and isinstance(found.value, str) else ""


def _last(reference: str) -> str:
    """The last token of the pointer in a `$ref`."""
    try:
        return read_pointer(reference.partition("#")[2])[-1]
    except (ValueError, IndexError):
        return reference
