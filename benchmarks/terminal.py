"""A program in a pseudo-terminal, watched from outside: when it wrote what, what it used, how it ended. Linux only."""

import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from types import TracebackType

import pyte

WIDTH, HEIGHT = 120, 40
PATIENCE = 60.0
"""Seconds after which what does not appear, or does not end, is given up."""
_TICK = os.sysconf("SC_CLK_TCK")


class Terminal:
    """Starts `command` on a terminal of its own. Times are seconds since just before it was started."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.ByteStream(self._screen)
        self._unseen: list[tuple[float, bytes]] = []
        self.first_at: float | None = None
        """When the first byte came."""
        self.bytes = 0
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        self._start = perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        self._ended = os.pidfd_open(self.process.pid)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)
        os.close(self._ended)

    def now(self) -> float:
        return perf_counter() - self._start

    def watch(self, seconds: float) -> bool:
        """Take in what comes, for so long or until the process ends; False where it has ended."""
        until = self.now() + seconds
        while (left := until - self.now()) > 0:
            ready, _, _ = select.select([self._master, self._ended], [], [], left)
            if self._master in ready and self._take():
                continue
            if self._ended in ready:
                return False
        return True

    def _take(self) -> bool:
        try:
            data = os.read(self._master, 65_536)
        except OSError:
            return False
        if self.first_at is None:
            self.first_at = self.now()
        self.bytes += len(data)
        self._unseen.append((self.now(), data))
        return bool(data)

    def shows(self, condition: Callable[[str], object]) -> float:
        """When the screen first met the condition. Drawn only after the fact: a terminal costs the program nothing."""
        while self.now() < PATIENCE:
            alive = self.watch(1.0)
            unseen, self._unseen = self._unseen, []
            for at, data in unseen:
                self._stream.feed(data)
                if condition("\n".join(self._screen.display)):
                    return at
            if not alive:
                break
        raise RuntimeError("waited in vain; the screen is\n" + "\n".join(self._screen.display))

    def end(self, how: str | signal.Signals) -> float:
        """Seconds from a key press or a signal to the end of the process."""
        start = self.now()
        if isinstance(how, str):
            os.write(self._master, how.encode())
        else:
            self.process.send_signal(how)
        if self.watch(PATIENCE):
            raise RuntimeError(f"{how!r} does not end it")
        return self.now() - start

    def cpu(self) -> float:
        """Seconds of processor time so far, children not included."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def megabytes(self) -> float:
        """Resident memory now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
