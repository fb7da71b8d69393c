"""Copying to the clipboard of whoever sits at the terminal, also over SSH: OSC 52, and ways through tmux and screen.

What tmux 3.3 lets through as it comes (`set-clipboard external`, `allow-passthrough off`) was tried: it drops a
program's OSC 52, bare or wrapped, but passes on what `tmux load-buffer -w` gives it. So tmux is asked first.
"""

import os
import subprocess
from base64 import b64encode
from collections.abc import Callable, Mapping

LIMIT = 74_994
"""Bytes of text: hterm and others drop a sequence of more than 100,000 bytes, and say nothing."""

_SCREEN_CHUNK = 252
"""Bytes that every version of screen takes in one string."""

_NO_CLIPBOARD = ("linux", "vt", "cons", "dumb")
_TMUX_SECONDS = 2.0


def obstacle(text: str, environ: Mapping[str, str] | None = None) -> str | None:
    """Why a text cannot be copied here, a sentence; None where it can be."""
    given = os.environ if environ is None else environ
    if given.get("TERM", "").startswith(_NO_CLIPBOARD) and not given.get("TMUX"):
        return "This terminal has no clipboard: e saves the screen as a file"
    size = len(text.encode())
    if size > LIMIT:
        return f"Too long to copy: {size:,} bytes, terminals take {LIMIT:,}; e saves the screen as a file"
    return None


def sequence(text: str, environ: Mapping[str, str] | None = None) -> str:
    """What puts `text` on the clipboard when it is written to the terminal."""
    given = os.environ if environ is None else environ
    bare = f"\x1b]52;c;{b64encode(text.encode()).decode()}\a"
    if given.get("TMUX") or given.get("TERM", "").startswith("tmux"):
        # The one is heard with `set-clipboard on`, the other with `allow-passthrough on`.
        doubled = bare.replace("\x1b", "\x1b\x1b")
        return f"{bare}\x1bPtmux;{doubled}\x1b\\"
    if given.get("STY"):
        parts = (bare[at : at + _SCREEN_CHUNK] for at in range(0, len(bare), _SCREEN_CHUNK))
        return "".join(f"\x1bP{part}\x1b\\" for part in parts)
    return bare


def copy(text: str, write: Callable[[str], object], environ: Mapping[str, str] | None = None) -> None:
    """Put `text` on the clipboard: by tmux's own hand where we are in one that can, else by writing to the terminal.

    May wait for tmux: call it in a thread where `TMUX` is set.
    """
    given = os.environ if environ is None else environ
    if not given.get("TMUX") or not _by_tmux(text):
        write(sequence(text, given))


def _by_tmux(text: str) -> bool:
    """False where there is no tmux to run, or one before 3.2."""
    try:
        done = subprocess.run(
            ["tmux", "load-buffer", "-w", "-"],
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TMUX_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
