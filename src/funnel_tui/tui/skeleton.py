"""The first frame, before Textual is imported: a few bytes that say whose dashboard this is and that it is coming."""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator

from .marks import glyphs_for, translated

_ENTER = "\x1b[?1049h\x1b[2J\x1b[H\x1b[?25l"
_LEAVE = "\x1b[?1049l\x1b[?25h"


def frame(title: str, width: int, height: int) -> str:
    """Header and foot as they will stand, without colours of our own: the ground is the terminal's."""
    title = "".join(character if character.isprintable() else "·" for character in title)
    head = f" Funnel · {title}"[:width]
    foot = " reading the cache …"[:width]
    return f"{_ENTER}{head}\x1b[{height};1H\x1b[2m{foot}\x1b[0m"


@contextlib.contextmanager
def skeleton(title: str, glyphs: str = "auto") -> Iterator[None]:
    """Show the first frame; take it away again only if what follows fails."""
    out = sys.__stderr__
    shown = out is not None and out.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    if shown and out is not None:
        size = shutil.get_terminal_size()
        out.write(translated(frame(title, size.columns, size.lines), glyphs_for(glyphs)))
        out.flush()
    try:
        yield
    except BaseException:
        if shown and out is not None:
            out.write(_LEAVE)
            out.flush()
        raise
