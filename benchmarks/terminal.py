"""A program in a pseudo-terminal, watched from outside: when it wrote what, what it used, how it ended. Linux only."""

import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from time import clock_gettime, perf_counter, sleep
from types import TracebackType
from typing import Any

import pyte

WIDTH, HEIGHT = 120, 40
PATIENCE = 60.0
"""Seconds after which what does not appear, or does not end, is given up."""
QUIET = 0.6
"""Seconds without a byte after which a screen is said to be painted."""
BRIEF, TRIES = 0.15, 6
"""The same where something ticks once a second, and how often that is tried."""
FLOOD = 100
"""Repaints, one at a time, that are more than a pty and the queue of its writer hold."""


@dataclass(frozen=True, slots=True)
class Burst:
    """What a key press brought, up to the last byte of it."""

    bytes: int
    seconds: float
    cpu: float
    """Seconds of processor time, all threads."""
    loop_cpu: float
    """Those of the first thread, which has the event loop: no handler took longer."""


class Terminal:
    """Starts `command` on a terminal of its own. Times are seconds since just before it was started.

    `leads` makes the terminal the process's controlling one, as it is for whoever logged in there; without it, no
    signal tells the process that the terminal has gone.
    """

    def __init__(
        self,
        command: list[str],
        environment: dict[str, str],
        *,
        size: tuple[int, int] = (WIDTH, HEIGHT),
        leads: bool = True,
    ) -> None:
        self._size = size
        self.clear()
        self._unseen: list[tuple[float, bytes]] = []
        self.first_at: float | None = None
        """When the first byte came."""
        self.first_bytes = 0
        """How many came with it."""
        self.bytes = 0
        self._tail = b""
        self._master: int | None
        self._master, self._slave = os.openpty()
        self._tell_size(size)
        self.modes: list[Any] = termios.tcgetattr(self._slave)
        """The line discipline as it was before the program."""
        self._start = perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env={"COLORTERM": "truecolor", **environment, "TERM": "xterm-256color"},
            start_new_session=True,
            preexec_fn=_take_terminal if leads else _ignore_hang_up,
        )
        self._ended = os.pidfd_open(self.process.pid)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()
        os.close(self._slave)
        os.close(self._ended)

    def now(self) -> float:
        return perf_counter() - self._start

    # --- what it writes

    def watch(self, seconds: float) -> bool:
        """Take in what comes, for so long or until the process ends; False where it has ended."""
        until = self.now() + seconds
        while (left := until - self.now()) > 0:
            open = [] if self._master is None else [self._master]
            ready, _, _ = select.select([*open, self._ended], [], [], left)
            if self._master in ready and self._take():
                continue
            if self._ended in ready:
                self.process.wait()
                return False
        return True

    def _take(self) -> bool:
        assert self._master is not None
        try:
            data = os.read(self._master, 65_536)
        except OSError:
            return False
        if self.first_at is None:
            self.first_at, self.first_bytes = self.now(), len(data)
        self.bytes += len(data)
        self._tail = (self._tail + data)[-4096:]
        self._unseen.append((self.now(), data))
        return bool(data)

    def clear(self) -> None:
        """Forget what is on the screen."""
        self._unseen = []
        self._screen = pyte.Screen(*self._size)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def lines(self) -> tuple[str, ...]:
        """The screen now. Drawn only when it is asked for: a terminal costs the program nothing."""
        for _, data in self._unseen:
            self._stream.feed(data)
        self._unseen = []
        return tuple(self._screen.display)

    @property
    def unseen(self) -> int:
        """Bytes that came after what `shows` waited for."""
        return sum(len(data) for _, data in self._unseen)

    def shows(self, condition: Callable[[str], object]) -> float:
        """When the screen first met the condition."""
        while self.now() < PATIENCE:
            alive = self.watch(1.0)
            while self._unseen:
                at, data = self._unseen.pop(0)
                self._stream.feed(data)
                if condition("\n".join(self._screen.display)):
                    return at
            if not alive:
                break
        raise RuntimeError("waited in vain; the screen is\n" + "\n".join(self._screen.display))

    def settle(self, quiet: float = QUIET) -> Burst:
        """Wait for the next byte and then until none has come for so long. A Burst of none where none comes."""
        begun, count, cpu, loop = self.now(), self.bytes, self.cpu(), self.loop_cpu()
        last = Burst(0, 0.0, 0.0, 0.0)
        until = begun + max(quiet, 2.0)
        while (left := until - self.now()) > 0 and self.now() - begun < PATIENCE and self._master is not None:
            if select.select([self._master], [], [], left)[0] and self._take():
                last = Burst(self.bytes - count, self.now() - begun, self.cpu() - cpu, self.loop_cpu() - loop)
                until = self.now() + quiet
        return last

    # --- what is done to it

    def press(self, keys: str) -> None:
        assert self._master is not None
        os.write(self._master, keys.encode())

    def stop_reading(self, key: str) -> None:
        """Leave alone what it writes, and have it write until it has to wait; `key` makes it paint everything."""
        for _ in range(FLOOD):
            self.press(key)
            sleep(0.05)

    def after(self, keys: str) -> Burst:
        """What a key press brings."""
        self.press(keys)
        return self.settle()

    def resize(self, width: int, height: int) -> None:
        """As whoever drags a window's corner does."""
        self._size = (width, height)
        self._tell_size(self._size)

    def _tell_size(self, size: tuple[int, int]) -> None:
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def wrong_cells(self) -> int:
        """Cells of the screen that a full repaint changes, in the best of some tries: a clock may tick meanwhile."""
        return min(self._changed_by_repaint() for _ in range(TRIES))

    def _changed_by_repaint(self) -> int:
        before, (width, height) = self.lines, self._size
        self.resize(width + 1, height)
        self.settle(BRIEF)
        self.resize(width, height)
        self.clear()
        self.settle(BRIEF)
        return cells_apart(before, self.lines)

    def hang_up(self) -> None:
        """Close the terminal, as a closed window or a lost connection does."""
        if self._master is not None:
            os.close(self._master)
            self._master = None

    def end(self, how: str | signal.Signals | None, *, reading: bool = True) -> float:
        """Seconds from a key press, a signal or, with None, the terminal's closing to the end of the process.

        Without `reading`, nothing that it writes is taken in.
        """
        start = self.now()
        if how is None:
            self.hang_up()
        elif isinstance(how, str):
            self.press(how)
        else:
            self.process.send_signal(how)
        gone = select.select([self._ended], [], [], PATIENCE)[0] if not reading else not self.watch(PATIENCE)
        if not gone:
            raise RuntimeError(f"{how!r} does not end it")
        return self.now() - start

    @property
    def restored(self) -> bool:
        """The line discipline is as it was, and the last that came left the alternate screen and showed the cursor."""
        return self.sane and self.left_screen

    @property
    def left_screen(self) -> bool:
        """The last that came left the alternate screen and showed the cursor."""
        return all(code in self._tail for code in (b"\x1b[?1049l", b"\x1b[?25h"))

    @property
    def sane(self) -> bool:
        """The line discipline is as it was."""
        return bool(termios.tcgetattr(self._slave) == self.modes)

    # --- what it uses

    def cpu(self) -> float:
        """Seconds of processor time so far, children not included."""
        return processor_time(self.process.pid)

    def loop_cpu(self) -> float:
        """Those of the first thread alone."""
        try:
            spent = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/schedstat").read_text()
        except FileNotFoundError:
            return 0.0
        return int(spent.split()[0]) / 1e9

    def megabytes(self) -> float:
        """Resident memory now."""
        return resident(self.process.pid)


def cells_apart(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Cells in which two screens of one size differ."""
    return sum(a != b for pair in zip(one, other, strict=True) for a, b in zip_longest(*pair, fillvalue=" "))


def processor_time(pid: int) -> float:
    """Seconds of a process, to the nanosecond; 0 where it is gone."""
    try:
        return clock_gettime((~pid << 3) | 2)  # as clock_getcpuclockid(3) makes it
    except OSError:
        return 0.0


def resident(pid: int) -> float:
    """Megabytes of a process now."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def of_session(session: int) -> list[int]:
    """The processes of a session that are left."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def _take_terminal() -> None:
    # Whoever runs us in the background, or under nohup, hands ignored signals on.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _ignore_hang_up() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
