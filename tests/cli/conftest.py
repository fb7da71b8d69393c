"""The command line as a test calls it, and a cache with the small authored day in it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from funnel_tui.cli.app import cli

ROOT = Path(__file__).parents[2]
TINY = ROOT / "fixtures" / "tiny.jsonl"
NOON = "2026-03-05T12:00Z"
"""A moment at which the small day's last conversation waits for an hour."""

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    """Call the command line in this process: `run("report", "--format", "json")`."""

    def call(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(cli, [str(argument) for argument in arguments], input=stdin)

    return call


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cache") / "tiny.db"
    result = CliRunner().invoke(cli, ["--db", str(path), "import", str(TINY)])
    assert result.exit_code == 0, result.output
    return path


@pytest.fixture
def tiny(imported: Path, tmp_path: Path) -> Path:
    """A copy of that cache, so that a test may change it."""
    return Path(shutil.copy(imported, tmp_path / "tiny.db"))
