"""The editor of the user's environment, for a text or at a line of a file.

`$VISUAL` or `$EDITOR` is split into an argument list and started without a shell; a text goes through a
file that only its owner can read and that is removed afterwards.
"""

import asyncio
import contextlib
import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from msgspec import Struct
from textual.app import App, SuspendNotSupported

from arazzo_tui.language.printable import one_line

_MOST = 32 * 1024 * 1024

_AT_LINE = {"code": "--goto", "codium": "--goto", "subl": "", "hx": "", "zed": ""}
"""Editors that take `FILE:LINE`, with the option before it; all others are given `+LINE FILE`."""


class NoEditor(Struct, frozen=True):
    """Why there was no editing."""

    sentence: str


def command(environment: "os._Environ[str] | dict[str, str]") -> list[str] | NoEditor:
    """The editor as an argument list, or why there is none."""
    said = environment.get("VISUAL") or environment.get("EDITOR") or ""
    try:
        words = shlex.split(said)
    except ValueError:
        return NoEditor(f"$EDITOR cannot be read: {one_line(said, 60)}")
    if not words:
        words = [name for name in ("sensible-editor", "nano", "vi") if shutil.which(name)][:1]
    if not words:
        return NoEditor("no editor: set $EDITOR, such as EDITOR=vim")
    if shutil.which(words[0]) is None:
        return NoEditor(f"$EDITOR is not there: {one_line(words[0], 60)}")
    return words


def at_line(words: list[str], file: str, line: int) -> list[str]:
    """The command that opens a file at a line."""
    name = Path(words[0]).name
    if name in _AT_LINE:
        option = [_AT_LINE[name]] if _AT_LINE[name] else []
        return [*words, *option, f"{file}:{line}"]
    return [*words, f"+{line}", file]


async def edited_outside(app: App[None], text: str, suffix: str) -> str | NoEditor:
    """The text as it is after the editor was closed."""
    words = command(os.environ)
    if isinstance(words, NoEditor):
        return words
    try:
        name = await asyncio.to_thread(_written, text, suffix)
    except OSError as wrong:
        return NoEditor(f"no file for the editor can be written: {wrong.strerror}")
    try:
        failed = await _run(app, [*words, name])
        return failed if failed is not None else await asyncio.to_thread(_read, name, text)
    finally:
        await asyncio.to_thread(_removed, name)


def _written(text: str, suffix: str) -> str:
    descriptor, name = tempfile.mkstemp(suffix=suffix, prefix="arazzo-tui-")
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogatepass") as file:
        file.write(text)
    return name


def _read(name: str, before: str) -> str | NoEditor:
    """The text of the file, without the line's end that many editors put after a text that had none."""
    try:
        if Path(name).stat().st_size > _MOST:
            return NoEditor("the edited text is too long")
        with Path(name).open(encoding="utf-8", errors="surrogatepass", newline="") as file:
            text = file.read()
        return text if before.endswith("\n") else text.removesuffix("\n")
    except (OSError, UnicodeDecodeError) as wrong:
        return NoEditor(f"the edited text cannot be read: {wrong}")


def _removed(name: str) -> None:
    with contextlib.suppress(OSError):
        Path(name).unlink()


async def opened_outside(app: App[None], file: str, line: int) -> NoEditor | None:
    """Open a file at a line and come back when the editor is closed; None when it went well."""
    words = command(os.environ)
    if isinstance(words, NoEditor):
        return words
    return await _run(app, at_line(words, file, line))


async def _run(app: App[None], words: list[str]) -> NoEditor | None:
    """Give the terminal to a program until it ends."""
    try:
        with app.suspend():
            code = await asyncio.to_thread(_called, words)
    except SuspendNotSupported:
        return NoEditor("this terminal cannot be lent to an editor")
    except OSError as wrong:
        return NoEditor(f"{one_line(words[0], 60)} cannot be started: {wrong.strerror}")
    app.refresh()
    return NoEditor(f"{one_line(words[0], 60)} ended with {code}") if code else None


def _called(words: list[str]) -> int:
    return subprocess.run(words, check=False).returncode  # noqa: S603  # an argument list, no shell
