"""`status` and `conversations`: what prompts, tmux bars and scripts read."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import NOON, Run

FIELDS = [
    *("source", "id", "url", "subject", "state", "channel", "team", "agent", "tags"),
    *("created_at", "waiting_since", "first_response_seconds", "closed_at", "rating"),
]


def test_one_line(run: Run, tiny: Path) -> None:
    assert run("--db", tiny, "--at", NOON, "status").stdout == "waiting 1 (oldest 1h) · open 1 · first response –\n"


def test_tmux_colours_what_waits(run: Run, tiny: Path) -> None:
    line = run("--db", tiny, "--at", NOON, "status", "--format", "tmux").stdout
    assert line.startswith("#[fg=yellow]waiting 1")
    assert line.endswith("#[default]\n")


def test_json(run: Run, tiny: Path) -> None:
    found = json.loads(run("--db", tiny, "--at", NOON, "status", "--format", "json").stdout)
    assert found["as_of"] == "2026-03-05T12:00:00+00:00"
    assert found["state"] == "ok"
    assert (found["metrics"]["queue.waiting"], found["metrics"]["queue.oldest_wait"]) == (1, 3600)


def test_without_a_cache_it_says_so_and_is_no_error(run: Run, tmp_path: Path) -> None:
    for format in ("plain", "tmux", "json"):
        result = run("--db", tmp_path / "none.db", "status", "--format", format)
        assert result.exit_code == 0
        assert len(result.stdout.splitlines()) == 1


def test_conversations_behind_a_metric(run: Run, tiny: Path) -> None:
    result = run("--db", tiny, "--at", NOON, "conversations", "--metric", "queue.waiting", "--format", "json")
    (row,) = json.loads(result.stdout)
    assert list(row) == FIELDS
    assert (row["source"], row["id"], row["state"], row["tags"]) == ("import", "c4", "open", ["invoice"])
    assert row["waiting_since"] == row["created_at"] == "2026-03-05T11:00:00+00:00"
    assert row["closed_at"] is None


@pytest.mark.parametrize(
    ("metric", "reason"),
    [
        ("proactive.opened", "counts messages"),
        ("selfserve.article_views", "counts article views"),
        ("selfserve.article_resolution_rate", "counts readers of articles"),
        ("queue.on_duty", "counts teammates"),
        ("internal.questions", "is not available: No chat channel is watched"),
        ("savings.cost_low", "is not available: "),
        ("human.first_response_office.median", "is not available: No office hours are configured"),
    ],
)
def test_a_metric_without_conversations_says_why_the_list_is_empty(
    run: Run, tiny: Path, metric: str, reason: str
) -> None:
    base = ("--db", tiny, "--at", NOON, "conversations", "--period", "week", "--metric", metric, "--format")
    result = run(*base, "json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])
    assert result.stderr.startswith(f"funnel-tui: {metric} {reason}")
    assert len(run(*base, "csv").stdout.splitlines()) == 1
    assert run(*base, "table").stdout.endswith("\n0 conversations\n")


def test_an_empty_list_that_might_have_been_longer_needs_no_reason(run: Run, tiny: Path) -> None:
    result = run("--db", tiny, "--at", NOON, "conversations", "--metric", "queue.snoozed", "--format", "json")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "[]\n", "")


def test_conversations_of_a_period_and_limit(run: Run, tiny: Path) -> None:
    base = ("--db", tiny, "--at", NOON, "conversations", "--period", "week", "--format", "json")
    assert {row["id"] for row in json.loads(run(*base).stdout)} == {"c1", "c2", "c3", "c4"}
    assert len(json.loads(run(*base, "--limit", "2").stdout)) == 2
    assert json.loads(run(*base, "--filter", "channel=fax").stdout) == []


def test_conversations_as_csv_and_table(run: Run, tiny: Path) -> None:
    base = ("--db", tiny, "--at", NOON, "conversations", "--period", "week")
    rows = list(csv.DictReader(io.StringIO(run(*base, "--format", "csv").stdout)))
    assert [row["first_response_seconds"] for row in rows if row["id"] == "c1"] == ["120"]
    table = run(*base).stdout
    assert table.splitlines()[0].split()[:2] == ["Conversation", "State"]
    assert table.endswith("4 conversations\n")


def test_an_unknown_metric_is_a_usage_error(run: Run, tiny: Path) -> None:
    result = run("--db", tiny, "conversations", "--metric", "queue.waitin")
    assert result.exit_code == 2
    assert "queue.waiting" in result.stderr
