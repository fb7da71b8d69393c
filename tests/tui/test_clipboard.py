"""Copying, down to the bytes: bare, through tmux as it comes, through screen, and not at all."""

import base64
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from funnel_tui.tui.clipboard import LIMIT, copy, obstacle, sequence

from .conftest import opened, shown
from .fake_app import make_app
from .terminal import Terminal

TEXT = "請求 2m 41s"
BARE = f"\x1b]52;c;{base64.b64encode(TEXT.encode()).decode()}\a"


def test_without_anything_between_it_is_one_sequence() -> None:
    assert sequence(TEXT, {"TERM": "xterm-256color"}) == BARE


def test_over_ssh_from_within_tmux_both_of_its_ways_are_tried() -> None:
    wrapped = f"\x1bPtmux;\x1b{BARE}\x1b\\"
    assert sequence(TEXT, {"TERM": "tmux-256color"}) == BARE + wrapped
    assert sequence(TEXT, {"TERM": "xterm", "TMUX": "/tmp/x,1,0"}) == BARE + wrapped


def test_screen_gets_it_in_strings_that_it_takes() -> None:
    text = "x" * 5_000
    found = sequence(text, {"TERM": "screen-256color", "STY": "1.pts"})
    parts = re.findall("\x1bP(.*?)\x1b\\\\", found, re.DOTALL)
    assert "".join(f"\x1bP{part}\x1b\\" for part in parts) == found
    assert max(map(len, parts)) <= 252
    assert "".join(parts) == f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\a"


def test_what_terminals_drop_is_refused() -> None:
    assert obstacle("x" * LIMIT, {"TERM": "xterm"}) is None
    assert len(sequence("x" * LIMIT, {"TERM": "xterm"})) <= 100_000
    assert "Too long to copy: 74,996 bytes" in (obstacle("é" * (LIMIT // 2 + 1), {"TERM": "xterm"}) or "")


def test_a_console_has_no_clipboard() -> None:
    assert "no clipboard" in (obstacle("x", {"TERM": "linux"}) or "")


def test_a_tmux_that_is_gone_leaves_the_sequence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", str(tmp_path / "gone"))
    monkeypatch.setenv("PATH", str(tmp_path))
    written: list[str] = []
    copy(TEXT, written.append, {"TMUX": str(tmp_path / "gone")})
    assert written == [sequence(TEXT, {"TMUX": "x"})]


async def test_a_long_text_is_refused_with_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    app = make_app()
    async with opened(app):
        app.copy("x" * (LIMIT + 1))
        assert "Too long to copy" in shown(app)
        app.copy("short")
        assert "Copied: short" in shown(app)


def test_y_sends_the_bytes() -> None:
    with Terminal("tui.fake_app", "still", TMUX="", STY="") as terminal:
        terminal.shows("HUMAN", "Waiting now")
        terminal.press("y")
        terminal.shows("Copied: ")
        terminal.until(lambda: b"\x1b]52;c;" in terminal.output)
        (code,) = re.findall(rb"\x1b\]52;c;([^\a]*)\a", terminal.output)
        assert base64.b64decode(code).decode() in terminal.text


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
def test_y_reaches_the_terminal_through_a_tmux_as_it_comes(tmp_path: Path) -> None:
    version = subprocess.run(["tmux", "-V"], capture_output=True, text=True, check=True).stdout
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < (3, 2):
        pytest.skip("load-buffer -w came with tmux 3.2")
    environ = {"TMUX_TMPDIR": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    with Terminal("tui.in_tmux", size=(100, 30), **environ) as terminal:
        terminal.shows("HUMAN", "Waiting now")
        terminal.press("y")
        terminal.until(lambda: b"\x1b]52;" in terminal.output)
        (code,) = re.findall(rb"\x1b\]52;[a-z]*;([^\a\x1b]*)", terminal.output)
        assert base64.b64decode(code).decode() in terminal.text
        terminal.press("q")
        terminal.until(lambda: terminal.process.poll() is not None)
