"""The dashboard ends when it is told to, by whatever means, and leaves the terminal as it found it."""

import signal

import pytest

from .terminal import Terminal

READY = ("HUMAN", "Waiting now", "2m 4")


def _open(*args: str) -> Terminal:
    return Terminal("tui.fake_app", *args)


def test_q_ends_it_with_zero() -> None:
    with _open() as terminal:
        terminal.shows(*READY)
        terminal.press("q")
        assert terminal.end() == 0
        assert terminal.restored


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_restores_the_terminal(number: signal.Signals) -> None:
    with _open() as terminal:
        terminal.shows(*READY)
        assert terminal.end(number) == 128 + number
        assert terminal.restored


def test_a_closed_terminal_ends_it() -> None:
    with _open() as terminal:
        terminal.shows(*READY)
        terminal.hang_up()
        assert terminal.end() == 128 + signal.SIGHUP


def test_a_closed_terminal_ends_it_though_hang_ups_are_ignored() -> None:
    """As under nohup, or where something else leads the session: no SIGHUP comes."""
    with Terminal("tui.no_hang_up") as terminal:
        terminal.shows(*READY)
        terminal.hang_up()
        assert terminal.end() == 128 + signal.SIGHUP


def test_sigterm_ends_it_while_the_terminal_does_not_read() -> None:
    """A stalled link blocks every write; the last resort still ends the process and restores the modes."""
    with _open() as terminal:
        terminal.shows(*READY)
        # Each turn repaints everything: far more than the pty and the writer's queue hold.
        for _ in range(300):
            terminal.press("T")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.process.wait(30) == 128 + signal.SIGTERM
        assert terminal.restored


def test_sigterm_before_the_first_report_ends_it() -> None:
    with _open("slow") as terminal:
        terminal.shows("HUMAN")
        assert terminal.end(signal.SIGTERM) == 128 + signal.SIGTERM
        assert terminal.restored
