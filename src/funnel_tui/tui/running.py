"""Running the app so that it always ends: on q, SIGTERM, SIGHUP or a closed terminal, within a second.

Textual by itself leaves the terminal raw on SIGTERM and spins for ever when the terminal goes away with SIGHUP ignored;
and a terminal that does not read blocks its event loop, so that no polite way out may exist. Hence three layers: signal
handlers that need no loop, a thread that waits for the terminal to hang up, and a last resort that restores what can be
restored and exits hard.

Textual also comes back from a suspension (SIGTSTP, then `fg`) to an empty screen; here it is painted again.
"""

import asyncio
import contextlib
import os
import select
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable
from typing import Any

from .app import FunnelApp

GRACE_SECONDS = 0.8
"""From the wish to end to the hard exit."""

_RESTORE = (
    b"\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l\x1b[0m"
)


def run(app: FunnelApp) -> int:
    """Run the dashboard until it ends; the exit code is 0, or 128 plus the signal that ended it."""
    terminal = _Terminal()
    ending = _Ending(app, terminal)
    code = asyncio.run(_main(app, ending, terminal))
    # Threads that still read or poll finish on their own; the guard ends a process that they would hold up.
    ending.guard(code)
    app.close()
    app.loader.join(GRACE_SECONDS)
    return code


async def _main(app: FunnelApp, ending: "_Ending", terminal: "_Terminal") -> int:
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGTERM, signal.SIGHUP)
    # Not `loop.add_signal_handler`: those wait for their turn on a loop that may be blocked, these do not.
    before = {number: signal.signal(number, lambda got, frame: ending.end(loop, 128 + got)) for number in numbers}
    terminal.on_hang_up(lambda: ending.end(loop, 128 + signal.SIGHUP))
    app.call_later(_repaint_on_resume, app)
    try:
        result = await app.run_async()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return app.return_code or result or 0


def _repaint_on_resume(app: FunnelApp) -> None:
    app.app_resume_signal.subscribe(app, lambda _: app.refresh(layout=True))


class _Ending:
    """Ends the app once, however often it is asked to."""

    def __init__(self, app: FunnelApp, terminal: "_Terminal") -> None:
        self._app = app
        self._terminal = terminal
        self._wishes, self._wish = os.pipe()
        # Started now and woken by a byte: a signal's handler must not start threads, nor wait for a lock.
        threading.Thread(target=self._guard, name="funnel-end", daemon=True).start()

    def end(self, loop: asyncio.AbstractEventLoop, code: int) -> None:
        """From a signal's handler or any thread. The loop may be blocked in a write that will never end."""
        self.guard(code)
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(lambda: self._app.exit(code, return_code=code))

    def guard(self, code: int) -> None:
        """Stop the threads, and start the countdown to the hard exit. The first code is the one that counts."""
        os.write(self._wish, bytes([code]))

    def _guard(self) -> None:
        code = os.read(self._wishes, 1)[0]
        threading.Thread(target=self._app.close, name="funnel-close", daemon=True).start()
        time.sleep(GRACE_SECONDS)
        self._terminal.restore()
        os._exit(code)


class _Terminal:
    """The terminal as it was found, to be left the same way."""

    def __init__(self) -> None:
        self._fd: int | None = None
        self._modes: list[Any] | None = None
        try:
            self._fd = sys.__stdin__.fileno() if sys.__stdin__ is not None else None
            if self._fd is not None and os.isatty(self._fd):
                self._modes = termios.tcgetattr(self._fd)
        except (OSError, ValueError, termios.error):
            self._fd = None

    def on_hang_up(self, react: Callable[[], None]) -> None:
        """Call `react`, from a thread, when the terminal goes away. Costs nothing until then."""
        if self._modes is not None:
            threading.Thread(target=self._wait, args=(react,), name="funnel-hang-up", daemon=True).start()

    def _wait(self, react: Callable[[], None]) -> None:
        assert self._fd is not None
        waiter = select.poll()
        # No events asked for: only errors and hang-ups wake us.
        waiter.register(self._fd, 0)
        while True:
            if any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in waiter.poll()):
                react()
                return

    def restore(self) -> None:
        """Modes and screen, without waiting for a terminal that does not read."""
        if self._fd is None or self._modes is None:
            return
        with contextlib.suppress(OSError, termios.error):
            termios.tcsetattr(self._fd, termios.TCSANOW, self._modes)
            name = os.ttyname(self._fd)
            # A description of our own: O_NONBLOCK on the inherited one would stay with the shell.
            out = os.open(name, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
            os.write(out, _RESTORE)
            os.close(out)
