"""The tables as Markdown, which is readable on a terminal too, and as JSON."""

import json
import platform
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from os import cpu_count, getloadavg

from benchmarks.budgets import MET, MISSED, NOT, OTHERS, Verdict, judge
from benchmarks.figures import Figure, Row, Table

HEAD = """\
# Benchmarks

Written by `python -m benchmarks`; figures are medians. The machine: {machine}. It is shared: trust the ratios.
`growth` is the largest cache against the smallest; `beside` is a multiple of the row named there, one number a column.
"""


LEFT = 2
"""Columns that are words: names and units."""


def machine() -> dict[str, object]:
    """Where it was measured, without naming the place."""
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **({"duckdb": version("duckdb")} if find_spec("duckdb") else {}),
        "cores": cpu_count(),
        "load": round(getloadavg()[0], 1),
        "date": datetime.now(UTC).date().isoformat(),
    }


def to_markdown(tables: Mapping[str, Table], about: Mapping[str, object], *, budgets_only: bool = False) -> str:
    """The page: the budgets, then every group, or only what others need for the same. `tables` are by group id."""
    described = ", ".join(f"{name} {value}" for name, value in about.items())
    shown = [table for id, table in tables.items() if not budgets_only or id == OTHERS]
    groups = "".join(_one(table) for table in shown)
    return HEAD.format(machine=described) + _summary(judge(tables)) + groups


def _summary(verdicts: Sequence[Verdict]) -> str:
    counted = Counter(verdict.word for verdict in verdicts)
    told = ", ".join(f"{counted[word]} {word}" for word in (MET, MISSED, NOT))
    lines = [["", "budget", "measured", "cache", "verdict"]]
    for verdict in verdicts:
        value, size = verdict.value, verdict.size
        measured = "" if value is None else f"{_number(value)}{verdict.budget.unit}"
        lines.append(
            [verdict.budget.what, verdict.budget.said, measured, "" if size is None else _size(size), verdict.word]
        )
    reasons = {f"{verdict.budget.what}: {verdict.reason}" for verdict in verdicts if verdict.value is None}
    notes = "".join(f"\n- Not measured: {reason}" for reason in sorted(reasons))
    return (
        f"\n## Budgets\n\n{told}. The worst of several counts, at the largest cache.\n\n{_table(lines, 1)}\n{notes}\n"
    )


def _one(table: Table) -> str:
    sizes = table.sizes
    head = ["", "unit", *(_size(size) for size in sizes), "growth", "beside", "budget"]
    body = [_line(table, row, sizes) for row in table.rows]
    keep = [any(line[i] for line in body) for i in range(len(head))]
    lines = [[cell for cell, kept in zip(line, keep, strict=True) if kept] for line in [head, *body]]
    text = _table(lines, LEFT)
    notes = "".join(f"\n{note}\n" for note in table.notes)
    return f"\n## {table.title}\n\n{text}\n{notes}"


def _table(lines: Sequence[Sequence[str]], words: int) -> str:
    """Aligned; the first `words` columns to the left."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    rule = "|" + "|".join("-" * (width + 1) + (":" if i >= words else "-") for i, width in enumerate(widths)) + "|"
    return "\n".join([_row(lines[0], widths, words), rule, *(_row(cells, widths, words) for cells in lines[1:])])


def _row(cells: Sequence[str], widths: Sequence[int], words: int) -> str:
    pairs = enumerate(zip(cells, widths, strict=True))
    return (
        "| " + " | ".join(cell.rjust(width) if i >= words else cell.ljust(width) for i, (cell, width) in pairs) + " |"
    )


def _line(table: Table, row: Row, sizes: list[int | None]) -> list[str]:
    growth = table.growth(row)
    multiples = ", ".join(_short(multiple) for multiple in table.multiples(row))
    return [
        row.name,
        row.unit,
        *(_value(table.of(row.name, size)) for size in sizes),
        "" if growth is None else f"× {_short(growth)}",
        f"× {multiples} of {row.beside}" if multiples else "",
        row.budget,
    ]


def _size(size: int | None) -> str:
    if size is None:
        return "measured"
    if size % 1_000_000 == 0:
        return f"{size // 1_000_000:,} M"
    return f"{size // 1000:,} k" if size % 1000 == 0 else f"{size:,}"


def _short(multiple: float) -> str:
    return f"{multiple:.0f}" if multiple >= 10 else f"{multiple:.2g}"


def _value(figure: Figure | None) -> str:
    if figure is None:
        return ""
    return _number(figure.median)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 or value == 0 else f"{value:.2f}"


def to_json(tables: Mapping[str, Table], about: Mapping[str, object]) -> str:
    budgets = [
        {
            "name": verdict.budget.what,
            "budget": verdict.budget.said,
            "measured": verdict.value,
            "size": verdict.size,
            "verdict": verdict.word,
            "reason": verdict.reason,
        }
        for verdict in judge(tables)
    ]
    groups = {
        id: [
            {
                "name": row.name,
                "unit": row.unit,
                "size": figure.size,
                "median": figure.median,
                "samples": [round(sample, 4) for sample in figure.samples],
            }
            for row in table.rows
            for figure in table.figures
            if figure.row == row.name
        ]
        for id, table in tables.items()
    }
    return json.dumps({"machine": dict(about), "budgets": budgets, "groups": groups}, indent=1) + "\n"
