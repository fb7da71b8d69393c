"""Somebody who presses everything: seeded random keys, mouse, resizes and news, on made-up figures or a living demo.

`PYTHONPATH=src:tests python -m tui.monkey --minutes 10 --seed 3` drives the demo in a pty and says what became of it.
"""

import argparse
import random
import signal
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fcntl import ioctl

from .terminal import Terminal

KEYS: tuple[tuple[str, str], ...] = (
    *((digit, digit) for digit in "12345"),
    *((letter, letter) for letter in "PSHCFDOcdfxtasbwzpyThjklgG"),
    ("left_square_bracket", "["),
    ("right_square_bracket", "]"),
    ("slash", "/"),
    ("question_mark", "?"),
    ("plus", "+"),
    ("minus", "-"),
    ("up", "\x1b[A"),
    ("down", "\x1b[B"),
    ("right", "\x1b[C"),
    ("left", "\x1b[D"),
    ("home", "\x1b[H"),
    ("end", "\x1b[F"),
    ("pageup", "\x1b[5~"),
    ("pagedown", "\x1b[6~"),
    ("delete", "\x1b[3~"),
    ("tab", "\t"),
    ("shift+tab", "\x1b[Z"),
    ("space", " "),
    ("backspace", "\x7f"),
    ("ctrl+p", "\x10"),
    ("0", "0"),
    ("e", "e"),
    ("r", "r"),
)
"""Textual's name and what a terminal sends. Nothing that leaves: q and Ctrl+C are pressed at the end."""
_OFTEN: tuple[tuple[str, str], ...] = (("enter", "\r"), ("escape", "\x1b"), ("down", "\x1b[B"), ("tab", "\t"))
SIZES = ((80, 24), (120, 40), (200, 60), (60, 20), (240, 70), (100, 30), (40, 10), (132, 24), (90, 60))


@dataclass(frozen=True)
class Deed:
    """One thing done: `key` (name and what is sent), `click` (a place, and how often), `wheel`, `resize` or `news`."""

    kind: str
    name: str = ""
    sent: str = ""
    x: float = 0.0
    """Parts of the screen, 0-1."""
    y: float = 0.0
    times: int = 1
    size: tuple[int, int] = (80, 24)


def deeds(seed: int, count: int | None = None) -> Iterator[Deed]:
    """What is done, the same for the same seed."""
    dice = random.Random(seed)
    made = 0
    while count is None or made < count:
        made += 1
        drawn = dice.random()
        if drawn < 0.68:
            name, sent = dice.choice(_OFTEN if dice.random() < 0.35 else KEYS)
            yield Deed("key", name, sent)
        elif drawn < 0.82:
            yield Deed("click", x=dice.random(), y=dice.random(), times=dice.choice((1, 1, 2)))
        elif drawn < 0.88:
            yield Deed("wheel", name=dice.choice(("up", "down")), x=dice.random(), y=dice.random())
        elif drawn < 0.93:
            yield Deed("resize", size=dice.choice(SIZES))
        else:
            yield Deed("news")


def run(minutes: float, seed: int, speed: float) -> int:
    """Drive `funnel-tui demo` for so long; 0 if it raised nothing, stayed alive and left when asked.

    A monkey that finds `Leave` in the palette leaves; it begins again where it was in its deeds.
    """
    done, left = 0, 0
    rest = deeds(seed)
    end = time.monotonic() + 60 * minutes
    while True:
        with (
            tempfile.TemporaryDirectory(prefix="funnel-monkey-") as folder,
            Terminal("tui.monkey_demo", folder, str(speed), str(seed), size=(120, 40), SSH_CONNECTION="1") as terminal,
        ):
            terminal.shows("NEEDS ATTENTION")
            size = (120, 40)
            while time.monotonic() < end and terminal.process.poll() is None:
                size = _do(terminal, next(rest), size)
                terminal.read(0.05)
                terminal.output = terminal.output[-200_000:]
                done += 1
            if terminal.process.poll() == 0:
                left += 1
                continue
            alive = terminal.process.poll() is None
            code = terminal.end(signal.SIGTERM) if alive else terminal.process.returncode
            raised = "Traceback" in terminal.output.decode(errors="replace")
            sys.stdout.write(f"{done} deeds, left {left} times, alive {alive}, ended with {code}, raised {raised}\n")
            if not alive or raised:
                sys.stdout.write(terminal.text + "\n")
            return 0 if alive and not raised else 1


def _do(terminal: Terminal, deed: Deed, size: tuple[int, int]) -> tuple[int, int]:
    # Not into the last line: a click on `q quit` there does what it says.
    column, row = 1 + int(deed.x * size[0]), 1 + int(deed.y * (size[1] - 1))
    match deed.kind:
        case "key":
            terminal.press(deed.sent)
        case "click":
            for _ in range(deed.times):
                terminal.press(f"\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m")
        case "wheel":
            terminal.press(f"\x1b[<{64 if deed.name == 'up' else 65};{column};{row}M")
        case "resize":
            size = deed.size
            assert terminal.master is not None
            ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            terminal.screen.resize(size[1], size[0])
        case _:
            terminal.press("r")
    return size


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=60.0, help="simulated seconds to a second")
    options = parser.parse_args()
    return run(options.minutes, options.seed, options.speed)


if __name__ == "__main__":
    sys.exit(main())
