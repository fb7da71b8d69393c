"""`report` end to end: from imported lines to figures that were worked out by hand."""

import csv
import io
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from funnel_tui.metrics import CATALOGUE
from tests.cli.conftest import NOON, TINY, Run


def report(run: Run, db: Path, *arguments: str) -> dict[str, Any]:
    result = run("--db", db, "--at", NOON, "report", "--format", "json", *arguments)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def values(found: dict[str, Any], *ids: str) -> list[Any]:
    return [found["metrics"][id]["value"] for id in ids]


def test_figures_of_the_small_day(run: Run, tiny: Path) -> None:
    found = report(run, tiny, "--period", "week")
    assert values(found, "human.inbound", "human.direct", "human.after_selfserve", "human.resolved") == [3, 2, 1, 2]
    # c1 after 2 minutes; c3 10 minutes after the hand-off
    assert values(found, "human.first_response.median", "human.first_response.p90") == [360, 600]
    # c1 10 minutes; c3 from Monday 14:00:00 to the close that lasted, Tuesday 09:06:00
    assert values(found, "human.time_to_close.median") == [(600 + 68760) / 2]
    assert values(found, "human.reopened", "human.csat", "human.csat_n") == [1, 1.0, 1]
    assert values(found, "selfserve.bot_answered", "selfserve.bot_resolved", "selfserve.bot_handed_off") == [2, 1, 1]
    assert values(found, "selfserve.article_views", "selfserve.article_viewers") == [3, 2]
    assert values(found, "proactive.delivered", "proactive.opened", "proactive.clicked") == [4, 2, 1]
    assert values(found, "queue.waiting", "queue.oldest_wait", "queue.on_duty") == [1, 3600, 2]


def test_every_id_is_there_and_the_schema_holds(run: Run, tiny: Path) -> None:
    schema = json.loads((files("funnel_tui.reports") / "report.schema.json").read_text(encoding="utf-8"))
    for arguments in ([], ["--period", "last-28d", "--by", "team"], ["--filter", "team=billing", "--compare", "none"]):
        found = report(run, tiny, *arguments)
        assert list(found["metrics"]) == list(CATALOGUE)
        assert [error.message for error in Draft202012Validator(schema).iter_errors(found)] == []


def test_an_empty_cache_still_has_every_id(run: Run, tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text("\n")
    assert run("--db", tmp_path / "a.db", "import", tmp_path / "none.jsonl").exit_code == 0
    found = report(run, tmp_path / "a.db")
    assert list(found["metrics"]) == list(CATALOGUE)
    assert values(found, "human.inbound", "human.first_response.median") == [0, None]


def test_a_missing_cache_says_what_to_do(run: Run, tmp_path: Path) -> None:
    result = run("--db", tmp_path / "none.db", "report", "--format", "json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "funnel-tui sync --once" in result.stderr
    assert not (tmp_path / "none.db").exists()


def test_filters_or_within_a_key_and_and_between_keys(run: Run, tiny: Path) -> None:
    def inbound(*pairs: str) -> Any:
        arguments = [part for pair in pairs for part in ("--filter", pair)]
        return values(report(run, tiny, "--period", "week", *arguments), "human.inbound")[0]

    assert inbound("team=BILLING") == 2
    assert inbound("team=billing", "team=tech") == 3
    assert inbound("team=billing", "channel=email") == 1


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ("team=biling", "team=biling: the cache knows no such team; did you mean 'billing'?"),
        ("agent=Nobody", "no such agent\n"),
        ("channel=fax", "no such channel"),
        ("tag=refnd", "no such tag"),
        ("source=acme", "no such source"),
        ("origin=moon", "no such origin"),
    ],
)
def test_a_filter_that_nothing_can_match_is_said(run: Run, tiny: Path, wanted: str, says: str) -> None:
    for command in ("report", "conversations"):
        result = run("--db", tiny, "--at", NOON, command, "--format", "json", "--filter", wanted)
        assert result.exit_code == 0
        assert says in result.stderr
        json.loads(result.stdout)
    result = run("--db", tiny, "--at", NOON, "check", "queue.open", "--warn", "1", "--crit", "2", "--filter", wanted)
    assert result.exit_code == 3
    assert f"FUNNEL UNKNOWN - --filter {wanted}: " in result.stdout


def test_a_filter_that_matched_once_or_later_is_not_called_mistyped(run: Run, tiny: Path) -> None:
    for wanted in (
        "team=BILLING",
        "team=none",
        "agent=TOMÁS",
        "agent=g3",
        "channel=email",
        "source=import",
        "tag=none",
    ):
        for at in ("2026-03-01T00:00Z", NOON):
            result = run("--db", tiny, "--at", at, "report", "--format", "json", "--filter", wanted)
            assert (result.exit_code, result.stderr) == (0, ""), wanted


def test_a_period_from_to_includes_its_end(run: Run, tiny: Path) -> None:
    assert report(run, tiny, "--period", "2026-03-02..2026-03-02")["period"] == {
        "name": "2026-03-02..2026-03-02",
        "start": "2026-03-02T00:00:00+00:00",
        "end": "2026-03-03T00:00:00+00:00",
        "as_of": "2026-03-05T12:00:00+00:00",
        "complete": True,
    }


@pytest.mark.parametrize("at", ["2026-03-02T09:01:00Z", "2026-03-02T14:31:00+05:30", "1772442060", "2026-03-02T09:01"])
def test_at_shows_the_cache_as_it_stood(run: Run, tiny: Path, at: str) -> None:
    found = json.loads(run("--db", tiny, "--at", at, "report", "--format", "json").stdout)
    assert found["period"]["as_of"] == "2026-03-02T09:01:00+00:00"
    assert values(found, "queue.waiting", "human.resolved") == [1, 0]


def test_a_naive_moment_is_in_the_report_zone(run: Run, tiny: Path, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('timezone = "Asia/Kolkata"\n')
    result = run("--config", config, "--db", tiny, "--at", "2026-03-02T14:31", "report", "--format", "json")
    assert json.loads(result.stdout)["period"]["as_of"] == "2026-03-02T14:31:00+05:30"


def test_text_is_what_people_get(run: Run, tiny: Path) -> None:
    result = run("--db", tiny, "--at", NOON, "report", "--period", "week")
    assert result.stdout.startswith("Week to date: 2–5 Mar 2026, still running\n")
    assert "\x1b" not in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_colours_on_request_whatever_the_environment_says(
    run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" in run("--color", "always", "--db", tiny, "--at", NOON, "report").stdout
    assert "\x1b[" not in run("--db", tiny, "--at", NOON, "report").stdout


def test_csv_and_by(run: Run, tiny: Path) -> None:
    result = run("--db", tiny, "--at", NOON, "report", "--period", "week", "--by", "team", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    by_team = {row["key_label"]: row["value"] for row in rows if row["metric"] == "human.inbound" and row["by"]}
    assert by_team["billing"] == "2"
    assert by_team["tech"] == "1"


@pytest.mark.parametrize("name", ["r.json", "r.html", "r.md", "r.csv", "r.svg", "r.txt"])
def test_a_file_gets_the_format_of_its_name(run: Run, tiny: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    result = run("--db", tiny, "--at", NOON, "report", "-o", path)
    assert (result.exit_code, result.stdout) == (0, "")
    starts = {"json": "{", "html": "<!doctype", "md": "# ", "csv": "period,", "svg": "<svg", "txt": "Today"}
    assert path.read_text(encoding="utf-8").startswith(starts[path.suffix[1:]])
    assert [other.name for other in tmp_path.glob("*.part")] == []


def test_a_file_that_cannot_be_written(run: Run, tiny: Path, tmp_path: Path) -> None:
    result = run("--db", tiny, "report", "-o", tmp_path / "no" / "r.json")
    assert result.exit_code == 1
    assert "r.json" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--period", "fortnight"], "FROM..TO"),
        (["--period", "2026-03-09..2026-03-01"], "ends before it begins"),
        (["--period", "2026-02-29..2026-03-01"], "does not exist"),
        (["--period", "0001-01-01..0001-01-02"], "outside 1970 to 2100"),
        (["--period", "9999-12-31..9999-12-31"], "outside 1970 to 2100"),
        (["--period", "2026-01-01..2100-01-01"], "outside 1970 to 2100"),
        (["--filter", "team"], "key=value"),
        (["--filter", "colour=red"], "is none of team, channel"),
        (["--by", "shoe"], "shoe"),
        (["--format", "pdf"], "pdf"),
        (["--series", "minute"], "minute"),
    ],
)
def test_usage_errors_are_2(run: Run, tiny: Path, arguments: list[str], says: str) -> None:
    result = run("--db", tiny, "report", *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stdout == ""


def test_the_readme_of_the_fixture_is_right() -> None:
    assert "report --period week" in (TINY.parent / "README.md").read_text(encoding="utf-8")
