"""A real log through the converter, the import and the report, against figures counted from the log itself."""

import csv
import json
import statistics
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from itertools import groupby, pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.cli.conftest import ROOT, Run

LOG = ROOT.parent / "shared" / "data" / "bpic2013" / "incidents.csv"
WEEK = 7 * 86_400
WHOLE = ("--at", "2012-05-31T00:00Z", "report", "--period", "2010-03-31..2012-05-30", "--compare", "none")

Case = list[dict[str, str]]


@pytest.fixture(scope="module")
def converter() -> ModuleType:
    spec = spec_from_file_location("bpic2013", ROOT / "fixtures" / "bpic2013.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def row(task: str, user: str, at: str) -> dict[str, str]:
    return {"caseid": "7", "task": task, "user": user, "end_timestamp": f"2012-05-01 {at}", "seq": "0"}


def kinds(lines: Iterator[dict[str, Any]]) -> list[str]:
    return [line["kind"] for line in lines if line["type"] == "event"]


def test_the_mapping(converter: ModuleType) -> None:
    rows = [
        row("Accepted+In Progress", "u1", "10:00:00"),
        row("Accepted+Wait - User", "u1", "10:01:00"),
        row("Queued+Awaiting Assignment", "u1", "10:02:00"),
        row("Accepted+In Progress", "u2", "10:03:00"),
        row("Completed+Resolved", "u2", "10:04:00"),
        row("Accepted+In Progress", "u2", "10:05:00"),
        row("Completed+Resolved", "u2", "10:06:00"),
        row("Completed+Closed", "Siebel", "10:07:00"),
    ]
    assert kinds(converter.convert(rows)) == [
        *("customer_message", "assigned", "snoozed", "unsnoozed", "assigned", "agent_reply", "closed", "reopened"),
        *("agent_reply", "closed", "closed"),
    ]
    last = list(converter.convert(rows, close="last"))
    assert kinds(iter(last)).count("closed") == 1
    assert last[-1] == {
        "type": "event",
        "conversation": "incident-7",
        "at": "2012-05-01T10:07:00Z",
        "kind": "closed",
        "actor": "Siebel",
        "by": "system",
    }


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    if not LOG.exists():
        pytest.skip("the log is third-party data and not part of this project")
    with LOG.open(encoding="utf-8", newline="") as file:
        return [list(rows) for _, rows in groupby(csv.DictReader(file), key=lambda row: row["caseid"])]


def figures(run: Run, converter: ModuleType, cases: list[Case], folder: Path, close: str) -> dict[str, Any]:
    file, db = folder / "bpic.jsonl", folder / "bpic.db"
    lines = converter.convert((row for case in cases for row in case), close)
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert run("--db", db, "import", file).exit_code == 0
    found = json.loads(run("--db", db, *WHOLE, "--format", "json").stdout)
    return {id: (metric["value"], metric["n"]) for id, metric in found["metrics"].items()}


def seconds(case: Case) -> list[int]:
    from datetime import UTC, datetime

    return [
        int(datetime.strptime(row["end_timestamp"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp())
        for row in case
    ]


def test_first_resolution_and_reopens(run: Run, converter: ModuleType, cases: list[Case], tmp_path: Path) -> None:
    found = figures(run, converter, cases, tmp_path, "first")
    # The log's own README: 7,554 cases; 7,546 with a resolution, the first one after 21,696 s in the median.
    assert len(cases) == 7_554
    assert found["human.first_response.median"] == (21_696, 7_546)
    assert sum(_goes_back(case) for case in cases) == 514
    # Ours tells returns within a week, each one; an older return begins a new episode.
    assert found["human.reopened"][0] == sum(_returns_within_a_week(case) for case in cases)


def test_last_resolution(run: Run, converter: ModuleType, cases: list[Case], tmp_path: Path) -> None:
    found = figures(run, converter, cases, tmp_path, "last")
    assert found["human.time_to_close.median"] == (652_281, 7_546)
    # The same from the log, without any of our code.
    spans = []
    for case in cases:
        done = [at for at, row in zip(seconds(case), case, strict=True) if row["task"].startswith("Completed")]
        if done:
            spans.append(done[-1] - seconds(case)[0])
    assert statistics.median(spans) == 652_281


def _goes_back(case: Case) -> bool:
    return any(a["task"].startswith("Completed") and not b["task"].startswith("Completed") for a, b in pairwise(case))


def _returns_within_a_week(case: Case) -> int:
    """Closes (the first of a run of `Completed*`) that something else follows within seven days."""
    count, closed = 0, None
    for at, row in zip(seconds(case), case, strict=True):
        done = row["task"].startswith("Completed")
        if done and closed is None:
            closed = at
        elif not done and closed is not None:
            count += at - closed <= WEEK
            closed = None
    return count
