"""`watch`: plain sentences that are only added to, from a cache or a polled source, to a clean end."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from funnel_tui.cli.watch import IntervalType
from funnel_tui.demo import DemoHandle, start_demo
from tests.cli.conftest import NOON, ROOT, Run
from tests.cli.test_sync_command import PATIENCE, TOKEN, environment, program, read_until

LINE = re.compile(r"\d\d:\d\d [A-Z0-9a-z].*[.!?]")


@pytest.fixture(scope="module")
def helpdesk() -> Iterator[DemoHandle]:
    with start_demo(days=2, zone="UTC") as handle:
        yield handle


@pytest.fixture
def config(helpdesk: DemoHandle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(TOKEN, helpdesk.token)
    path = tmp_path / "config.toml"
    path.write_text(
        f'timezone = "UTC"\n[[sources]]\nname = "acme"\nkind = "intercom"\nbase_url = "{helpdesk.url}"\n'
        f'token_env = "{TOKEN}"\n[targets]\nchat = {{ within = 60, share = 0.5 }}\n'
    )
    return path


def heeding() -> None:
    """A test run in the background, or under nohup, hands ignored signals on."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def watching(*arguments: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        program(*arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        preexec_fn=heeding,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def out(process: subprocess.Popen[bytes]) -> int:
    assert process.stdout is not None
    return process.stdout.fileno()


def test_once_tells_the_three_layers_the_queue_and_the_times(run: Run, tiny: Path, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('timezone = "UTC"\n[targets]\nchat = { within = 60, share = 0.5 }\n')
    result = run("--config", config, "--db", tiny, "--at", NOON, "watch", "--period", "week")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "12:00 Thursday 5 March 2026."
    assert lines[1].startswith("12:00 imported. Week to date, 2 to 5 Mar 2026, compared with ")
    assert [line[6:].split(":")[0] for line in lines[2:6]] == ["Proactive", "Self-serve", "Human", "Queue now"]
    assert "1 person waits, the oldest for 1 hour" in lines[5]
    assert result.stderr == ""


@pytest.mark.parametrize("arguments", [(), ("--compare", "year"), ("--period", "month", "--filter", "team=billing")])
def test_lines_are_plain_whatever_the_terminal_can_do(
    run: Run, tiny: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")
    result = run("--color", "always", "--db", tiny, "--at", NOON, "watch", *arguments)
    assert result.stdout.isascii()
    assert "\x1b" not in result.stdout
    for line in result.stdout.splitlines():
        assert LINE.fullmatch(line), line
        assert not re.search(r"\bn/a\b|%", line)


def test_what_cannot_be_told_says_why(run: Run, tiny: Path) -> None:
    result = run("--db", tiny, "--at", "2026-03-01T00:00Z", "watch", "--once")
    assert "nothing to measure yet" in result.stdout
    assert "None" not in result.stdout


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("15m", 900), ("15", 900), ("2h", 7_200), ("0", 0)])
def test_intervals(text: str, seconds: int) -> None:
    assert IntervalType().convert(text, None, None) == seconds


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--every", "soon"), 2, "no interval"),
        (("--every", "3s"), 2, "too short"),
        (("--period", "fortnight"), 2, "none of today"),
        (("--filter", "team"), 2, "key=value"),
    ],
)
def test_wrong_usage(run: Run, tiny: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    result = run("--db", tiny, "watch", *arguments)
    assert result.exit_code == code
    assert says in result.stderr


def test_without_a_cache_it_says_what_to_do(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text("")
    nowhere = tmp_path / "a.db"
    result = run("--config", config, "--db", nowhere, "watch")
    assert result.exit_code == 2
    assert "no [[sources]]" in result.stderr
    result = run("--config", config, "--db", nowhere, "--read-only", "watch")
    assert result.exit_code == 1
    assert "--read-only: no cache" in result.stderr
    assert not nowhere.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_cleanly(config: Path, tmp_path: Path, number: signal.Signals) -> None:
    with watching("--config", config, "--db", tmp_path / "a.db", "watch") as process:
        said = read_until(out(process), b"Source acme has been read.")
        process.send_signal(number)
        rest, complaints = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert b"Source acme has not been read yet." in said
    assert b"Traceback" not in complaints
    assert all(LINE.fullmatch(line) for line in (said + rest).decode().splitlines())


def test_after_the_first_reading_it_tells_the_layers_again(config: Path, tmp_path: Path) -> None:
    with watching("--config", config, "--db", tmp_path / "a.db", "watch", "--period", "last-7d") as process:
        said = read_until(out(process), b"Source acme has been read.")
        said += (
            read_until(out(process), b"Queue now: ") if b"Queue now: " not in said.partition(b"been read.")[2] else b""
        )
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
    again = said.decode().rpartition("has been read.")[2]
    assert re.search(r"Human: [1-9][\d,]* conversations? came in", again)


def test_nobody_reads_any_more(imported: Path) -> None:
    with watching("--db", imported, "--read-only", "watch") as process:
        read_until(out(process), b"Queue now: ")
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(PATIENCE) == 141
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_a_terminal_that_closes_ends_it(imported: Path) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(environment(TERM="xterm-256color"))
        os.execv(sys.executable, program("--db", str(imported), "--read-only", "watch"))
    said = read_until(terminal, b"Queue now: ")
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 141)
    assert b"\x1b" not in said


def test_reading_only_writes_nothing_and_asks_for_no_token(imported: Path, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[[sources]]\nname = "desk"\nkind = "rt"\nbase_url = "https://x.example"\ntoken_env = "GONE_X"\n')
    before = {path.name: path.stat().st_mtime_ns for path in imported.parent.iterdir()}
    with watching("--config", config, "--db", imported, "--read-only", "watch", "--every", "10s") as process:
        read_until(out(process), b"Summary: ")
        process.send_signal(signal.SIGTERM)
        _, complaints = process.communicate(timeout=PATIENCE)
    assert (process.returncode, complaints) == (0, b"")
    assert {path.name: path.stat().st_mtime_ns for path in imported.parent.iterdir()} == before


def test_a_credential_that_is_missing_is_told_of_its_source(config: Path, tmp_path: Path) -> None:
    text = config.read_text()
    config.write_text(
        text + '[[sources]]\nname = "other"\nkind = "intercom"\nbase_url = "https://x.example"\ntoken_env = "GONE_X"\n'
    )
    with watching("--config", config, "--db", tmp_path / "a.db", "watch") as process:
        said = read_until(out(process), b"Source other fails")
        said += read_until(out(process), b"\n") if not said.endswith(b"\n") else b""
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
    assert b"Source other fails: " in said
    assert b"GONE_X is not set" in said


def test_no_screen_is_imported(config: Path, tmp_path: Path) -> None:
    code = (
        "import sys, json\nfrom funnel_tui.cli.app import run\n"
        f"code = run({['--config', str(config), '--db', str(tmp_path / 'a.db'), 'watch']!r})\n"
        "print(json.dumps([code, [name for name in ('textual', 'plotext') if name in sys.modules]]))"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment()) as process:
        try:
            read_until(out(process), b"Source acme has been read.")
            process.send_signal(signal.SIGTERM)
            rest, _ = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert json.loads(rest.decode().splitlines()[-1]) == [0, []]


def test_the_quick_answer_imports_no_client_either(imported: Path) -> None:
    code = (
        "import sys, json\nfrom funnel_tui.cli.app import run\n"
        f"code = run({['--db', str(imported), '--at', NOON, 'watch', '--once']!r})\n"
        "print(json.dumps([code, [name for name in ('textual', 'httpx', 'asyncio', 'rich') if name in sys.modules]]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(PYTHONPATH=str(ROOT / "src")),
        check=True,
    )  # fmt: skip
    assert json.loads(done.stdout.splitlines()[-1]) == [0, []]
