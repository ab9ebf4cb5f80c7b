"""Copying: to the system's clipboard where a program for it is there, and by the terminal anyway.

Terminals take OSC 52, some do not and some only up to a size, so a program is asked too: an argument list,
never a shell, with the text on its standard input.
"""

import asyncio
import os
import shutil
import sys
from typing import TypeVar

from textual.app import App

from arazzo_tui.language.printable import one_line

Result = TypeVar("Result")

_PATIENCE = 2.0
"""Seconds a clipboard program may take."""

_MOST_BY_TERMINAL = 100_000
"""Terminals take so many characters by OSC 52, and drop more without a word."""


def clipboard_command() -> tuple[str, ...] | None:
    """The program that writes the clipboard of this desktop; None where there is none."""
    wanted: tuple[tuple[str, ...], ...]
    if sys.platform == "darwin":
        wanted = (("pbcopy",),)
    elif sys.platform == "win32":
        wanted = (("clip.exe",),)
    elif os.environ.get("WAYLAND_DISPLAY"):
        wanted = (("wl-copy",),)
    elif os.environ.get("DISPLAY"):
        wanted = (("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input"))
    else:
        wanted = ()
    return next((command for command in wanted if shutil.which(command[0])), None)


async def copy_by_program(text: str) -> bool:
    """Hand the text to the desktop's clipboard program; False where there is none or it failed."""
    command = clipboard_command()
    if command is None:
        return False
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(_PATIENCE):
            await process.communicate(text.encode("utf-8", "replace"))
    except TimeoutError:
        process.kill()
        return False
    return process.returncode == 0


async def copy_text(app: App[Result], text: str, what: str) -> None:
    """Copy a text, by a program where there is one and else by the terminal; say what was copied."""
    if not await copy_by_program(text):
        if len(text) > _MOST_BY_TERMINAL:
            said = f"{what} has {len(text):,} characters, more than a terminal takes"
            app.notify(said, severity="warning", markup=False)
            return
        app.copy_to_clipboard(text)
    app.notify(f"copied {what}: {one_line(text, 60)}", timeout=3, markup=False)
