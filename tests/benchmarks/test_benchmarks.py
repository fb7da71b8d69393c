"""The benchmarks still run: every row that they declare gets its figure. How fast anything is, is nobody's test."""

import json
import re
import sys
from pathlib import Path

import pytest

from benchmarks.bench import Bench
from benchmarks.budgets import BUDGETS
from benchmarks.building import obtain
from benchmarks.figures import Figure, Row, Skipped, Table
from benchmarks.groups import GROUPS, Group, run
from benchmarks.joined import join
from benchmarks.polling import KINDS, news
from benchmarks.setup import NAME, open_store
from benchmarks.tables import to_json, to_markdown
from benchmarks.world import PAGE, World
from funnel_tui.model.records import Thread

NOW = 1_772_632_800
IN_PROCESS = ("write", "disk", "read", "peers", "poll")
SIZES = (300, 900)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Table]:
    bench = Bench(tmp_path_factory.mktemp("caches"), SIZES, 2, NOW)
    return {id: run(GROUPS[id], bench) for id in IN_PROCESS}


def test_every_row_is_measured_at_every_size(tables: dict[str, Table]) -> None:
    for table in tables.values():
        measured = {(figure.row, figure.size) for figure in table.figures}
        assert measured == {(row.name, size) for row in table.rows for size in SIZES}


def test_the_page_has_a_line_for_every_row(tables: dict[str, Table]) -> None:
    page = to_markdown(tables, {"cores": 2})
    _, budgets, *groups = page.split("\n## ")
    lines = [re.findall(r"^\| (\S.*?) +\|", part, re.MULTILINE) for part in (budgets, "\n".join(groups))]
    assert lines == [[budget.what for budget in BUDGETS], [row.name for id in IN_PROCESS for row in tables[id].rows]]
    for part in (budgets, *groups):
        assert len({len(line) for line in part.splitlines() if line.startswith("|")}) == 1


def test_of_the_budgets_alone_the_page_has_no_other_group(tables: dict[str, Table]) -> None:
    page = to_markdown(tables, {}, budgets_only=True)
    assert re.findall(r"^## (.*)", page, re.MULTILINE) == ["Budgets"]


def test_the_json_has_every_sample(tables: dict[str, Table]) -> None:
    groups = json.loads(to_json(tables, {}))["groups"]
    assert {id: len(figures) for id, figures in groups.items()} == {
        id: len(table.rows) * len(SIZES) for id, table in tables.items()
    }


def test_rows_that_cannot_be_measured_are_left_out_with_the_reason(tmp_path: Path) -> None:
    group = Group(
        "g", (Row("here", "ms"), Row("elsewhere", "ms")), lambda bench: iter((Figure("here", (1.0,)), skipped))
    )
    skipped = Skipped(("elsewhere",), "It is not installed.")
    table = run(group, Bench(tmp_path, (10,), 1, NOW))
    assert [row.name for row in table.rows] == ["here"]
    assert "\nIt is not installed.\n" in to_markdown({"g": table}, {})


def test_without_duckdb_the_rest_is_measured(
    tables: dict[str, Table], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "benchmarks.peers.duck", None)
    table = run(GROUPS["peers"], Bench(tmp_path, (60,), 1, NOW))
    assert {row.name for row in table.rows} == {row.name for row in GROUPS["peers"].rows if "DuckDB" not in row.name}
    assert "not installed" in table.notes[-1]


def test_every_byte_of_the_file_lies_in_some_table(tables: dict[str, Table]) -> None:
    table = tables["disk"]
    if table.notes:  # no note but that SQLite cannot tell
        pytest.skip(table.notes[0])
    for size in SIZES:
        whole, *parts = (table.of(row.name, size) for row in table.rows)
        assert whole is not None
        told = sum(part.median for part in parts if part is not None)
        assert whole.median * 0.5 < told <= whole.median  # the schema itself and free pages lie in none


@pytest.mark.parametrize("kind", KINDS)
def test_a_poll_brings_a_hundred_changed_conversations_and_others_each_time(tmp_path: Path, kind: str) -> None:
    size = 4500
    built = obtain(tmp_path, World(size, NOW), lambda text: None)
    store = open_store(built.path, NOW)
    first, second = (news(built.world, kind, turn) for turn in range(2))
    assert [store.write(NAME, page) for page in (first, first, second, second)] == [100, 0, 100, 0]
    store.close()


def test_after_all_polls_the_ledger_agrees_with_the_facts(tables: dict[str, Table]) -> None:
    odd = [f for f in tables["poll"].figures if f.row.startswith("differences between the ledger")]
    assert [(figure.size, figure.samples) for figure in odd] == [(size, (0.0,)) for size in SIZES]


def test_no_row_is_declared_twice() -> None:
    for group in GROUPS.values():
        names = [row.name for row in group.rows]
        assert len(set(names)) == len(names)
        assert {row.beside for row in group.rows} - {""} <= set(names)


def test_a_row_that_nobody_measures_is_an_error(tmp_path: Path) -> None:
    group = GROUPS["write"]
    short = type(group)(group.title, (*group.rows, Row("forgotten", "ms")), group.measure)
    with pytest.raises(RuntimeError, match="forgotten"):
        run(short, Bench(tmp_path, (10,), 1, NOW))


def test_ratios_are_of_medians() -> None:
    rows = (Row("base", "ms"), Row("more", "ms", beside="base"))
    figures = (Figure("base", (2.0, 2.0, 50.0)), Figure("more", (4.0,), 1), Figure("more", (7.0, 8.0, 9.0), 10))
    table = Table("t", rows, figures)
    assert table.multiples(rows[1]) == [2.0, 4.0]
    assert table.growth(rows[1]) == 2.0
    assert table.growth(rows[0]) is None


def test_the_same_world_comes_out_twice() -> None:
    world = World(PAGE + 20, NOW)
    pages = list(world.pages())
    assert [len(page) for page in pages] == [PAGE, 20]
    assert pages == list(World(PAGE + 20, NOW).pages())
    threads = [record for page in pages for record in page if isinstance(record, Thread)]
    assert max(event.at for thread in threads for event in thread.events) <= NOW
    assert len({thread.conversation.id for thread in threads}) == PAGE + 20


def test_a_thread_is_the_one_of_its_page() -> None:
    world = World(2 * PAGE, NOW)
    threads = [thread for page in world.pages() for thread in page]
    assert [world.thread(number) for number in (0, PAGE - 1, PAGE + 7)] == [
        threads[number] for number in (0, PAGE - 1, PAGE + 7)
    ]


def test_a_kept_cache_serves_again_and_ends_when_it_ended(tmp_path: Path) -> None:
    said: list[str] = []
    first = obtain(tmp_path, World(30, NOW), said.append)
    written = first.path.stat().st_mtime_ns
    again = obtain(tmp_path, World(30, NOW + 3600), said.append)
    assert (again.world, again.figures) == (first.world, first.figures)
    assert first.path.stat().st_mtime_ns == written
    other = obtain(tmp_path, World(30, NOW + 3600, seed=2), said.append)
    assert other.world.now == NOW + 3600
    assert [line.split()[0] for line in said] == ["filling", "taking", "filling"]


def test_runs_are_joined_the_later_before_the_earlier(tmp_path: Path) -> None:
    def run(name: str, *figures: tuple[str, int, float]) -> Path:
        groups = {"write": [{"name": n, "unit": "/s", "size": size, "samples": [value]} for n, size, value in figures]}
        file = tmp_path / name
        file.write_text(json.dumps({"machine": {"cores": 2, "run": name}, "groups": groups}))
        return file

    first = run("a", ("conversations", 10, 1.0), ("events", 10, 2.0))
    second = run("b", ("conversations", 10, 3.0), ("conversations", 20, 4.0), ("heads", 20, 5.0))
    tables, about = join([first, second])
    table = tables["write"]
    assert list(tables) == ["write"]
    assert about == {"cores": 2, "run": "b", "runs joined": 2}
    assert [row.name for row in table.rows] == ["conversations", "events", "heads"]
    assert sorted((f.row, f.size, f.median) for f in table.figures) == [
        ("conversations", 10, 3.0),
        ("conversations", 20, 4.0),
        ("events", 10, 2.0),
        ("heads", 20, 5.0),
    ]
