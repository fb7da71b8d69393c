"""The terminal that the benchmarks watch from, on programs of one line."""

import signal
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from benchmarks.bench import Bench
from benchmarks.keys import ROUND, has_figures, key
from benchmarks.polled import unsound
from benchmarks.setup import BUSY_HOUR, busy_zone
from benchmarks.soak import slope
from benchmarks.terminal import Terminal, cells_apart, of_session, processor_time, resident

ECHO = "import sys; print('ready', flush=True); [print(line.strip()[::-1], flush=True) for line in sys.stdin]"
RAW = """
import sys, time, tty
tty.setraw(0)
print("\\x1b[?1049h\\x1b[?25l ready", end="", flush=True)
time.sleep(1000)
"""


def start(script: str, **how: bool) -> Terminal:
    return Terminal([sys.executable, "-c", script], {}, **how)  # type: ignore[arg-type]


def ready(text: str) -> bool:
    return "ready" in text


def test_it_shows_what_is_written_and_counts_the_bytes() -> None:
    with start(ECHO) as terminal:
        at = terminal.shows(ready)
        assert 0 < (terminal.first_at or 0) <= at <= terminal.now()
        assert terminal.bytes == len("ready\r\n")
        burst = terminal.after("olleh\n")
        assert burst.bytes == len("olleh\r\nhello\r\n")
        assert "hello" in "".join(terminal.lines)
        assert terminal.cpu() > 0
        assert terminal.megabytes() > 1


@pytest.mark.parametrize("leads", [True, False])
def test_a_closed_terminal_is_told_by_a_signal_only_to_whoever_leads(leads: bool) -> None:
    with start(ECHO, leads=leads) as terminal:
        terminal.shows(ready)
        terminal.end(None)
        assert (terminal.process.wait() == -signal.SIGHUP) is leads


def test_what_leaves_the_terminal_raw_is_found_out() -> None:
    with start(RAW) as terminal:
        terminal.shows(ready)
        terminal.end(signal.SIGTERM)
        assert not terminal.sane
        assert not terminal.left_screen
        assert not terminal.restored


def test_the_processes_of_a_session_are_found_until_they_end() -> None:
    with start("import os, time; os.fork(); print('ready', flush=True); time.sleep(1000)") as terminal:
        terminal.shows(lambda text: text.count("ready") == 2)
        family = of_session(terminal.process.pid)
        assert len(family) == 2
        assert terminal.process.pid in family
        assert all(processor_time(pid) > 0 and resident(pid) > 1 for pid in family)


def test_cells_apart_counts_what_differs() -> None:
    assert cells_apart(("abc", "def"), ("abc", "def")) == 0
    assert cells_apart(("abc", "def"), ("abX", "d")) == 3


def test_every_key_that_is_pressed_is_bound_to_something() -> None:
    assert all(key(id) for _, id, _ in ROUND)
    assert (key("move.down"), key("drill"), key("back"), key("period.month")) == ("\x1b[B", "\r", "\x1b", "3")


def test_figures_are_told_from_places_for_them() -> None:
    assert has_figures("│ Waiting now          9 oldest 340d   │")
    assert not has_figures("│ Waiting now          …               │")


def test_where_it_is_a_busy_hour_now() -> None:
    assert datetime.now(UTC).astimezone(ZoneInfo(busy_zone())).hour == BUSY_HOUR


def test_growth_by_least_squares() -> None:
    assert slope([(0.0, 5.0), (1.0, 7.0), (2.0, 9.0)]) == 2.0
    assert slope([(3.0, 5.0)]) == 0.0


def test_a_cache_that_is_not_there_yet_is_sound_and_a_broken_one_is_not(tmp_path: Path) -> None:
    assert unsound(tmp_path / "none.db") == 0
    built = Bench(tmp_path, (60,), 1, 1_772_632_800).cache(60)
    assert unsound(built.path) == 0
    with closing(sqlite3.connect(built.path)) as connection, connection:
        connection.execute("DELETE FROM part")
    assert unsound(built.path) > 0
