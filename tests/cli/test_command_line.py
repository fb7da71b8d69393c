"""The command line as a whole: help, lazy imports, broken pipes, and errors without tracebacks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from funnel_tui.cli.app import COMMANDS
from tests.cli.conftest import NOON, ROOT, TINY, Run

HEAVY = ("textual", "rich", "httpx", "plotext", "sqlite_utils", "keyring", "asyncio", "importlib.metadata")
ENVIRONMENT = {"PYTHONPATH": str(ROOT / "src"), "PATH": os.environ.get("PATH", "")}


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=ENVIRONMENT, check=False)


@pytest.mark.parametrize("command", [*COMMANDS, "config init", "config show", "config path", "config validate"])
def test_every_help_has_an_example(run: Run, command: str) -> None:
    result = run(*command.split(), "--help")
    assert result.exit_code == 0
    assert "Example: " in result.stdout


def test_the_root_help_names_every_command(run: Run) -> None:
    listed = [line.split()[0] for line in run("--help").stdout.partition("Commands:")[2].splitlines() if line.strip()]
    assert listed[: len(COMMANDS)] == list(COMMANDS)


def test_a_mistyped_command(run: Run) -> None:
    result = run("stauts")
    assert result.exit_code == 2
    assert "'status'" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["status", "--format", "json"],
        ["check", "queue.waiting", "--warn", "1", "--crit", "2"],
        ["report", "--format", "json"],
        ["config", "path"],
    ],
)
def test_headless_commands_import_no_screen_and_no_client(imported: Path, arguments: list[str]) -> None:
    code = (
        "import sys, json\n"
        "from funnel_tui.cli.app import run\n"
        f"code = run({['--db', str(imported), '--at', NOON, *arguments]!r})\n"
        f"print(json.dumps([code, [name for name in {HEAVY!r} if name in sys.modules]]))"
    )
    done = python("-c", code)
    assert json.loads(done.stdout.splitlines()[-1]) == [0, []], done.stderr


def test_a_reader_that_goes_away_causes_no_traceback(imported: Path) -> None:
    command = [sys.executable, "-m", "funnel_tui", "--db", str(imported), "--at", NOON, "report", "--definitions"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_an_output_that_lacks_a_character_gets_an_escape(imported: Path) -> None:
    command = [sys.executable, "-m", "funnel_tui", "--db", str(imported), "--at", NOON, "status"]
    done = subprocess.run(command, capture_output=True, env={**ENVIRONMENT, "PYTHONIOENCODING": "latin-1"}, check=True)
    assert done.stdout == b"waiting 1 (oldest 1h) \xb7 open 1 \xb7 first response \\u2013\n"


def test_bad_configuration_is_2_and_names_its_place(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text("\npol_seconds = 3\n")
    for command in (["report"], ["sync", "--once"], ["status"], ["config", "validate"], ["dash"]):
        (tmp_path / "a.db").touch()
        result = run("--config", config, "--db", tmp_path / "a.db", *command)
        assert result.exit_code == 2, command
        assert result.stderr.startswith(f"funnel-tui: {config}:2: pol_seconds: unknown key")


def test_a_place_that_cannot_hold_a_cache(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(blocked))
    for arguments in (["--db", blocked / "sub" / "a.db"], []):
        result = run(*arguments, "import", TINY)
        assert result.exit_code == 1
        assert "--db" in result.stderr


def test_completion_is_clicks_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from funnel_tui.cli import main; main()"],
        env={**ENVIRONMENT, "_FUNNEL_TUI_COMPLETE": "bash_complete", "COMP_WORDS": "funnel-tui re", "COMP_CWORD": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["plain,record", "plain,report"]


@pytest.mark.parametrize("at", ["noon", "2026-13-01", "", "nan"])
def test_a_moment_that_is_none(run: Run, at: str) -> None:
    result = run("--at", at, "status")
    assert result.exit_code == 2
    assert "--at" in result.stderr


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ("1e20", "'1e20' lies outside 1970 to 2100; epoch times are seconds, not milliseconds"),
        ("99999999999999", "seconds, not milliseconds"),
        ("4102444800", "seconds, not milliseconds"),
        ("0001-01-01", "'0001-01-01' lies outside 1970 to 2100\n"),
        ("9999-12-31T23:59", "lies outside 1970 to 2100\n"),
        ("2100-01-01", "lies outside 1970 to 2100\n"),
    ],
)
def test_a_moment_that_nobody_can_mean(run: Run, tiny: Path, at: str, says: str) -> None:
    for command in (["status"], ["report"], ["conversations"], ["check", "queue.open", "--warn", "1", "--crit", "2"]):
        result = run("--db", tiny, "--at", at, *command)
        assert result.exit_code == 2
        assert says in result.stderr


@pytest.mark.parametrize("at", ["0", "1970-01-01", "1970-01-01T00:00+14:00", "2099-12-31T23:59-12:00", "4102444799.9"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_the_first_and_the_last_moment_can_be_looked_at(
    run: Run, tiny: Path, tmp_path: Path, at: str, zone: str
) -> None:
    config = tmp_path / "c.toml"
    config.write_text(f'timezone = "{zone}"\n')
    for period in ("today", "year", "last-9999d", "1970-01-01..2099-12-31"):
        result = run("--config", config, "--db", tiny, "--at", at, "report", "--period", period, "--compare", "year")
        assert result.exit_code == 0, result.output


def test_without_a_terminal_the_dashboard_says_what_to_use_instead(run: Run) -> None:
    for arguments in ([], ["dash"], ["demo"]):
        result = run(*arguments)
        assert result.exit_code == 1
        assert "needs a terminal" in result.stderr


def test_the_version(run: Run) -> None:
    from funnel_tui import __version__

    assert run("--version").stdout.strip().endswith(__version__)


def test_the_module_runs_as_a_program() -> None:
    done = python("-m", "funnel_tui", "config", "path")
    assert done.returncode == 0
    assert done.stdout.endswith("config.toml\n")
