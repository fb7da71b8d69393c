"""The budgets as one table: what is enough, what was measured, and whether that is met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks import crashes, dashboard, endings, hardship, keys, memory, polling, soak, ssh
from benchmarks.figures import Figure, Table

MET, MISSED, NOT = "met", "MISSED", "not measured"
AGES = 100
"""Bytes a second that ticking ages may cost."""
SAME = 1.25
"""The growth from the smallest to the largest cache that is still called the same."""
FLAT = 0.5
"""The growth of memory in MB an hour that is still called flat: what a measurement over few hours tells apart."""


@dataclass(frozen=True)
class Budget:
    """A limit on rows of one group: the worst of them counts, each at the largest cache that it was measured on."""

    what: str
    group: str
    rows: tuple[str, ...]
    limit: float
    unit: str
    way: Literal["<=", ">="] = "<="
    of: Literal["median", "beside", "growth", "more"] = "median"
    """The median itself; as a multiple of the row beside it; of itself at the smallest cache; beyond the row before."""

    @property
    def said(self) -> str:
        return f"{self.way} {self.limit:,g}{self.unit}"


def _works(words: tuple[str, ...], kind: str) -> tuple[str, ...]:
    return tuple(f"{what}: {kind}" for what, _, _ in keys.ROUND if any(word in what for word in words))


_MONTH, _YEAR, _OTHER = ("month", "today", "cursor"), ("year",), ("screen",)
_FAST = "demo at 60 times the speed"
_ENDS = tuple(row.name for row in endings.ROWS if row.unit == "ms")

BUDGETS = (
    Budget("first figures, warm cache, in bare apps", "dashboard", ("first figures",), 1.5, " ×", of="beside"),
    Budget("skeleton", "dashboard", ("skeleton",), 50, " ms"),
    Budget("`status`, `check`, whole process", "process", ("status", "check queue.waiting"), 150, " ms"),
    Budget(
        "`report --format json`, whole process",
        "process",
        ("report --format json", "report --format json, 28 days"),
        300,
        " ms",
    ),
    Budget(
        "heavy packages that they import",
        "process",
        tuple(f"heavy packages imported by {name}" for name in ("status", "check", "report")),
        0,
        "",
    ),
    Budget("key press to painted, a month: work", "keys", _works(_MONTH, "work"), 50, " ms"),
    Budget("key press to painted, a year: work", "keys", _works(_YEAR, "work"), 250, " ms"),
    Budget(
        "key press: work in the event loop",
        "keys",
        _works((*_MONTH, *_YEAR, *_OTHER), "work in the event loop"),
        50,
        " ms",
    ),
    Budget("report of 28 days, filtered", "read", ("report, 28 days, one team", "report, 28 days, one tag"), 50, " ms"),
    Budget("report of a year, filtered", "read", ("report, a year, one team", "report, a year, one tag"), 250, " ms"),
    Budget(
        "a poll's rows and statements, largest cache against smallest",
        "poll",
        tuple(
            f"{poll}: {what}"
            for poll in polling.KINDS.values()
            for what in ("rows changed, in all tables", "SQL statements")
        ),
        SAME,
        " ×",
        of="growth",
    ),
    Budget("idle, cache only: CPU", "dashboard", ("idle, cache only: CPU",), 0.5, " %"),
    Budget("idle, cache only: to the terminal", "dashboard", ("idle, cache only: to the terminal",), 0, " bytes/s"),
    Budget("polling, nothing new: CPU", "live", (f"{dashboard.STILL}: CPU",), 0.5, " %"),
    Budget(
        "polling, nothing new: to the terminal (ages tick)",
        "live",
        (f"{dashboard.STILL}: to the terminal",),
        AGES,
        " bytes/s",
    ),
    Budget("changes every 5 s: CPU", "live", (f"{_FAST}: CPU",), 2, " %"),
    Budget("changes every 5 s: to the terminal", "live", (f"{_FAST}: to the terminal",), 2000, " bytes/s"),
    Budget(
        "changes every 5 s: over SSH inside tmux",
        "ssh",
        tuple(f"{colours}: changes every 5 s" for colours in ssh.COLOURS),
        2000,
        " bytes/s",
    ),
    Budget("resident memory, dashboard", "dashboard", ("resident, after idling",), 120, " MB"),
    Budget("resident memory, polling", "live", (f"{_FAST}: resident",), 120, " MB"),
    Budget("resident memory, reader and writer", "memory", tuple(row.name for row in memory.ROWS), 120, " MB"),
    Budget("open for hours: resident at the end", "soak", (soak.RESIDENT,), 120, " MB"),
    Budget("open for hours: growth an hour, second half", "soak", (soak.GROWTH,), FLAT, " MB"),
    Budget("open for hours: more open files, threads", "soak", soak.HELD, 0, "", of="more"),
    Budget(
        "backfill: parse, derive and write, a CPU second", "backfill", ("conversations, by CPU time",), 3000, "", ">="
    ),
    Budget(
        "backfill: time, in what the rate limit alone needs",
        "backfill",
        ("under the limit: wall time",),
        1.1,
        " ×",
        of="beside",
    ),
    Budget("cache, a conversation", "write", ("cache a conversation",), 600, " bytes"),
    Budget("from any ending to the end", "endings", _ENDS, 1000, " ms"),
    Budget(
        "from q or a signal to the end, large cache",
        "dashboard",
        tuple(f"from {how} to the end" for how in dashboard.ENDINGS),
        1000,
        " ms",
    ),
    Budget(
        "from q to the end, polling for a while",
        "live",
        tuple(row.name for row in dashboard.LIVE if row.name.endswith("from q to the end")),
        1000,
        " ms",
    ),
    Budget("endings: terminal not restored", "endings", (endings.RESTORED,), 0, ""),
    Budget("endings: processes left, caches not sound", "endings", (endings.LEFT, endings.UNSOUND), 0, ""),
    Budget("link broken: to the end on the far side", "ssh", (ssh.GONE,), 1000, " ms"),
    Budget("link broken: processes left", "ssh", (ssh.LEFT,), 0, ""),
    Budget(
        "stalled terminal: longest time between polls", "hardship", (hardship.GAP,), 2 * hardship.POLL_SECONDS, " s"
    ),
    Budget("stalled terminal: conversations lost, wrong cells", "hardship", (hardship.LOST, hardship.WRONG), 0, ""),
    Budget("500 resizes: wrong cells", "hardship", (hardship.STORM_WRONG,), 0, ""),
    Budget("suspended: not stopped, or terminal not restored", "hardship", hardship.SLEEPLESS, 0, ""),
    Budget("suspended: wrong cells afterwards", "hardship", hardship.WOKEN, 0, ""),
    Budget("killed syncs: lost, doubled, half-written", "crashes", tuple(row.name for row in crashes.ROWS[1:]), 0, ""),
)

OTHERS = "monitors"
"""The group of what other programs need for the same: it is measured and shown beside the budgets."""
GROUPS = (*dict.fromkeys(budget.group for budget in BUDGETS), OTHERS)
"""What is measured where the budgets are asked for alone."""


@dataclass(frozen=True)
class Verdict:
    """One line of the summary."""

    budget: Budget
    value: float | None
    """None where it was not measured."""
    size: int | None = None
    """Conversations in the cache that it was measured on; None where there is no cache to speak of."""
    reason: str = ""
    """Why it was not measured."""

    @property
    def word(self) -> str:
        if self.value is None:
            return NOT
        limit = self.budget.limit
        return MET if (self.value <= limit if self.budget.way == "<=" else self.value >= limit) else MISSED


def judge(tables: Mapping[str, Table], budgets: Sequence[Budget] = BUDGETS) -> list[Verdict]:
    """Every budget against what was measured. `tables` are by the id of their group."""
    return [_judge(tables, budget) for budget in budgets]


def _judge(tables: Mapping[str, Table], budget: Budget) -> Verdict:
    table = tables.get(budget.group)
    if table is None:
        return Verdict(budget, None, reason=f"the group `{budget.group}` was not run")
    found = [_worst_of(table, name, budget) for name in budget.rows]
    if budget.of == "more":
        found = _differences(found)
    known = [each for each in found if each is not None]
    if len(known) < len(found):
        return Verdict(budget, None, reason=_why(table, budget))
    worst = (max if budget.way == "<=" else min)(known, key=lambda each: each[0])
    return Verdict(budget, *worst)


def _why(table: Table, budget: Budget) -> str:
    """Reasons stand after a group's own note."""
    if budget.of == "growth":
        return "it takes caches of two sizes"
    return table.notes[-1] if table.notes else "not all of its rows have a figure"


Found = tuple[float, int | None]


def _worst_of(table: Table, name: str, budget: Budget) -> Found | None:
    """The value of a row at the largest cache."""
    figures = [figure for figure in table.figures if figure.row == name]
    if not figures:
        return None
    largest: Figure = max(figures, key=lambda figure: figure.size or 0)
    if budget.of in ("median", "more"):
        return largest.median, largest.size
    row = next(row for row in table.rows if row.name == name)
    multiples = table.multiples(row)
    value = table.growth(row) if budget.of == "growth" else (multiples[-1] if multiples else None)
    return None if value is None else (value, largest.size)


def _differences(found: Sequence[Found | None]) -> list[Found | None]:
    """Of pairs, how much the second is beyond the first."""
    pairs = zip(found[::2], found[1::2], strict=True)
    return [None if a is None or b is None else (b[0] - a[0], b[1]) for a, b in pairs]
