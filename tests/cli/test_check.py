"""`check`: thresholds, exit codes and performance data of the monitoring plug-ins."""

from pathlib import Path

import pytest

from funnel_tui.cli.check import Range
from tests.cli.conftest import NOON, Run


@pytest.mark.parametrize(
    ("written", "quiet", "alarming"),
    [
        ("10", [0, 5, 10], [-1, 11]),
        ("10:", [10, 99], [9.9]),
        ("~:10", [-5, 10], [10.1]),
        ("10:20", [10, 20], [9, 21]),
        ("@10:20", [9, 21], [10, 20]),
        ("0.5", [0.5], [0.51]),
    ],
)
def test_ranges(written: str, quiet: list[float], alarming: list[float]) -> None:
    found = Range.parse(written)
    assert str(found) == written
    assert not any(found.alarms(value) for value in quiet)
    assert all(found.alarms(value) for value in alarming)


@pytest.mark.parametrize("written", ["", "x", "20:10", ":", "1:2:3"])
def test_what_is_no_range(written: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Range.parse(written)


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["queue.waiting", "--warn", "1", "--crit", "5"], 0, "FUNNEL OK - Waiting 1 | 'queue.waiting'=1;1;5;0"),
        (["queue.waiting", "--warn", "0", "--crit", "5"], 1, "FUNNEL WARNING - Waiting 1 | 'queue.waiting'=1;0;5;0"),
        (["queue.waiting", "--warn", "0", "--crit", "0.5"], 2, "FUNNEL CRITICAL - "),
        (["queue.oldest_wait", "--warn", "600", "--crit", "1800"], 2, "'queue.oldest_wait'=3600s;600;1800;0"),
        (["human.csat", "--warn", "0.9", "--crit", "0.8", "--period", "week"], 0, "'human.csat'=1;0.9:;0.8:;0;1"),
        (["human.csat", "--warn", "1.5", "--crit", "0.8", "--period", "week"], 1, "FUNNEL WARNING - CSAT 100 % (n 1)"),
        (["queue.on_duty", "--warn", "3:", "--crit", "1:"], 1, "FUNNEL WARNING - "),
    ],
)
def test_states(run: Run, tiny: Path, arguments: list[str], code: int, line: str) -> None:
    result = run("--db", tiny, "--at", NOON, "check", *arguments)
    assert result.exit_code == code
    assert line in result.stdout
    assert len(result.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["queue.waitin", "--warn", "1", "--crit", "2"], "did you mean 'queue.waiting'"),
        (["human.csat", "--warn", "1", "--crit", "2"], "nothing to measure"),
        (["human.first_response_office.median", "--warn", "1", "--crit", "2"], "office hours"),
    ],
)
def test_what_cannot_be_measured_is_unknown(run: Run, tiny: Path, arguments: list[str], says: str) -> None:
    result = run("--db", tiny, "--at", NOON, "check", *arguments)
    assert result.exit_code == 3
    assert result.stdout.startswith("FUNNEL UNKNOWN - ")
    assert says in result.stdout


def test_no_cache_and_bad_configuration_are_unknown(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text("poll_seconds = 0\n")
    for arguments in (["--db", tmp_path / "none.db"], ["--config", config]):
        result = run(*arguments, "check", "queue.waiting", "--warn", "1", "--crit", "2")
        assert result.exit_code == 3
        assert result.stdout.startswith("FUNNEL UNKNOWN - ")


def test_wrong_usage_is_unknown_and_not_critical(run: Run) -> None:
    assert run("check", "queue.waiting", "--warn", "many", "--crit", "2").exit_code == 3
    assert run("check", "queue.waiting").exit_code == 3
