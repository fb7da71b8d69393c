"""The first frames, before Textual is imported: whose dashboard this is, and the numbers as soon as they are read."""

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator

from .marks import glyphs_for, translated

_ENTER = "\x1b[?1049h\x1b[2J\x1b[H\x1b[?25l"
_LEAVE = "\x1b[?1049l\x1b[?25h"

Draw = Callable[[tuple[int, int]], str]
"""From the terminal's width and height to what is to be written; empty for nothing."""


def frame(title: str, width: int, height: int) -> str:
    """Header and foot as they will stand, without colours of our own: the ground is the terminal's."""
    title = "".join(character if character.isprintable() else "·" for character in title)
    head = f" Funnel · {title}"[:width]
    return f"{_ENTER}{head}{foot(width, height)}"


def foot(width: int, height: int) -> str:
    """What is still to come."""
    return f"\x1b[{height};1H\x1b[2m{' reading the cache …'[:width]}\x1b[0m"


@contextlib.contextmanager
def skeleton(title: str, glyphs: str = "auto") -> Iterator[Callable[[Draw], None]]:
    """Show the first frame; take it away again only if what follows fails. Yields what shows another one over it."""
    out = sys.__stderr__
    shown = out is not None and out.isatty() and os.environ.get("TERM", "dumb") != "dumb"

    def write(text: str) -> None:
        if shown and out is not None and text:
            out.write(translated(text, glyphs_for(glyphs)))
            out.flush()

    def show(draw: Draw) -> None:
        if not shown:
            return
        width, height = shutil.get_terminal_size()
        text = draw((width, height))
        if text:
            write(text + foot(width, height))

    width, height = shutil.get_terminal_size()
    write(frame(title, width, height))
    try:
        yield show
    except BaseException:
        write(_LEAVE)
        raise
