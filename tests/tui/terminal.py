"""A program in a pseudo-terminal: what it shows, how many bytes that took, how it ends."""

import contextlib
import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import pyte

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
"""Seconds after which a condition that does not come true fails the test: far beyond anything expected."""


class Terminal:
    """Runs `python -m MODULE ARGS` in a pty of its own session."""

    def __init__(self, module: str, *args: str, size: tuple[int, int] = (80, 24), **environ: str) -> None:
        self.screen = pyte.Screen(*size)
        self.stream = pyte.ByteStream(self.screen)
        self.bytes = 0
        self.output = b""
        """All that came, for tests that look for single bytes."""
        self.master: int | None
        self.master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.modes = termios.tcgetattr(self.slave)
        plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLORFGBG", "TEXTUAL")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *args],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            cwd=ROOT / "tests",
            env={
                **plain,
                "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT / 'tests'}",
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                **environ,
            },
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        self.hang_up()
        os.close(self.slave)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    def press(self, keys: str) -> None:
        assert self.master is not None
        os.write(self.master, keys.encode())

    def hang_up(self) -> None:
        """Close the terminal, as a closed window or a lost connection does."""
        if self.master is not None:
            os.close(self.master)
            self.master = None

    def read(self, seconds: float) -> None:
        """Take in what comes within the time, and at least once what is there."""
        end = time.monotonic() + seconds
        while self.master is not None:
            if not select.select([self.master], [], [], max(0.0, end - time.monotonic()))[0]:
                return
            try:
                data = os.read(self.master, 65_536)
            except OSError:
                return
            self.bytes += len(data)
            self.output += data
            self.stream.feed(data)

    def until(self, condition: Callable[[], bool]) -> None:
        """Read until the condition holds."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, f"waited in vain; the screen is\n{self.text}"
            self.read(0.05)

    def shows(self, *words: str) -> None:
        self.until(lambda: all(word in self.text for word in words))

    def end(self, number: signal.Signals | None = None) -> int:
        """Wait for the process, after sending it a signal if one is given; its exit code."""
        if number is not None:
            self.process.send_signal(number)
        self.until(lambda: self.process.poll() is not None)
        self.read(0.05)
        assert self.process.returncode is not None
        return self.process.returncode

    @property
    def restored(self) -> bool:
        """The line discipline is as it was."""
        return termios.tcgetattr(self.slave) == self.modes
