"""The summary of the budgets: it looks at rows that there are, and says met only of what was measured."""

import json

from benchmarks.budgets import BUDGETS, MET, MISSED, NOT, OTHERS, Budget, judge
from benchmarks.budgets import GROUPS as BUDGETED
from benchmarks.figures import Figure, Row, Table
from benchmarks.groups import GROUPS
from benchmarks.tables import to_json, to_markdown

ROWS = (
    Row("base", "ms"),
    Row("quick", "ms", beside="base"),
    Row("slow", "ms"),
    Row("files before", ""),
    Row("after", ""),
)
FIGURES = (
    Figure("base", (10.0,)),
    Figure("quick", (9.0,), 10),
    Figure("quick", (20.0, 21.0, 90.0), 100),
    Figure("slow", (300.0,), 100),
    Figure("files before", (30.0,)),
    Figure("after", (31.0,)),
)
TABLES = {"g": Table("t", ROWS, FIGURES)}


def verdicts(*budgets: Budget) -> list[tuple[float | None, str]]:
    return [(verdict.value, verdict.word) for verdict in judge(TABLES, budgets)]


def test_every_budget_is_of_rows_that_its_group_declares() -> None:
    for budget in BUDGETS:
        declared = {row.name: row for row in GROUPS[budget.group].rows}
        assert budget.rows, budget.what
        assert set(budget.rows) <= set(declared), budget.what
        if budget.of == "beside":
            assert all(declared[name].beside for name in budget.rows), budget.what


def test_asked_for_alone_they_are_measured_and_shown_beside_other_programs() -> None:
    assert set(BUDGETED) == {budget.group for budget in BUDGETS} | {OTHERS} <= set(GROUPS)
    page = to_markdown({"g": TABLES["g"], OTHERS: Table("Other apps", ROWS, FIGURES)}, {}, budgets_only=True)
    assert [line for line in page.splitlines() if line.startswith("## ")] == ["## Budgets", "## Other apps"]


def test_no_budget_stands_there_twice() -> None:
    assert len({budget.what for budget in BUDGETS}) == len(BUDGETS)


def test_the_median_at_the_largest_cache_counts() -> None:
    assert verdicts(
        Budget("a", "g", ("quick",), 21, " ms"),
        Budget("b", "g", ("quick",), 20.9, " ms"),
        Budget("c", "g", ("quick",), 21, " ms", ">="),
        Budget("d", "g", ("quick",), 21.1, " ms", ">="),
    ) == [(21.0, MET), (21.0, MISSED), (21.0, MET), (21.0, MISSED)]


def test_of_several_rows_the_worst_counts() -> None:
    most, least = Budget("a", "g", ("quick", "slow"), 50, ""), Budget("b", "g", ("quick", "slow"), 50, "", ">=")
    assert verdicts(most, least) == [(300.0, MISSED), (21.0, MISSED)]


def test_multiples_growth_and_what_came_on_top() -> None:
    assert verdicts(
        Budget("a", "g", ("quick",), 2.5, " ×", of="beside"),
        Budget("b", "g", ("quick",), 2, " ×", of="growth"),
        Budget("c", "g", ("files before", "after"), 0, "", of="more"),
    ) == [(2.1, MET), (21 / 9, MISSED), (1.0, MISSED)]


def test_what_was_not_measured_is_not_met() -> None:
    absent = (
        Budget("a", "elsewhere", ("quick",), 50, ""),
        Budget("b", "g", ("quick", "forgotten"), 50, ""),
        Budget("c", "g", ("base",), 2, " ×", of="growth"),
    )
    assert verdicts(*absent) == [(None, NOT)] * 3
    assert [verdict.reason for verdict in judge(TABLES, absent)] == [
        "the group `elsewhere` was not run",
        "not all of its rows have a figure",
        "it takes caches of two sizes",
    ]


def test_the_reason_is_the_one_that_the_group_gave() -> None:
    tables = {"g": Table("t", ROWS, FIGURES, ("It is not installed.",))}
    (verdict,) = judge(tables, (Budget("a", "g", ("forgotten",), 50, ""),))
    assert (verdict.word, verdict.reason) == (NOT, "It is not installed.")


def test_the_page_counts_the_verdicts_and_the_json_has_them() -> None:
    assert f"0 {MET}, 0 {MISSED}, {len(BUDGETS)} {NOT}" in to_markdown({}, {})
    told = json.loads(to_json({}, {}))["budgets"]
    assert [each["name"] for each in told] == [budget.what for budget in BUDGETS]
    assert {each["verdict"] for each in told} == {NOT}
