"""The dashboard ends though its event loop is blocked, and comes back from a suspension with all of its screen."""

import os
import signal

import pytest

from .terminal import Terminal

READY = ("HUMAN", "Waiting now", "2m 4")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_though_its_event_loop_is_blocked(number: signal.Signals) -> None:
    with Terminal("tui.blocked_app") as terminal:
        terminal.shows(*READY)
        terminal.press("r")
        terminal.shows("BLOCKED")
        assert terminal.end(number) == 128 + number
        assert terminal.restored


def test_it_is_painted_again_after_a_suspension() -> None:
    with Terminal("tui.fake_app", "still") as terminal:
        terminal.shows(*READY)
        terminal.process.send_signal(signal.SIGTSTP)
        terminal.until(lambda: _stopped(terminal.process.pid))
        assert terminal.restored
        terminal.screen.reset()
        terminal.process.send_signal(signal.SIGCONT)
        terminal.shows(*READY)
        assert not terminal.restored
        terminal.press("q")
        assert terminal.end() == 0


def _stopped(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT) is not None
