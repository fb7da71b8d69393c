"""The tables as Markdown, which is readable on a terminal too, and as JSON."""

import json
import platform
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from os import cpu_count, getloadavg

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


def to_markdown(tables: Iterable[Table], about: Mapping[str, object]) -> str:
    described = ", ".join(f"{name} {value}" for name, value in about.items())
    return HEAD.format(machine=described) + "".join(_one(table) for table in tables)


def _one(table: Table) -> str:
    sizes = table.sizes
    head = ["", "unit", *(_size(size) for size in sizes), "growth", "beside", "budget"]
    body = [_line(table, row, sizes) for row in table.rows]
    keep = [any(line[i] for line in body) for i in range(len(head))]
    lines = [[cell for cell, kept in zip(line, keep, strict=True) if kept] for line in [head, *body]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    rule = "|" + "|".join("-" * (width + 1) + (":" if i >= LEFT else "-") for i, width in enumerate(widths)) + "|"
    text = "\n".join([_row(lines[0], widths), rule, *(_row(cells, widths) for cells in lines[1:])])
    notes = "".join(f"\n{note}\n" for note in table.notes)
    return f"\n## {table.title}\n\n{text}\n{notes}"


def _row(cells: list[str], widths: list[int]) -> str:
    pairs = enumerate(zip(cells, widths, strict=True))
    return "| " + " | ".join(cell.rjust(width) if i >= LEFT else cell.ljust(width) for i, (cell, width) in pairs) + " |"


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
    value = figure.median
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 or value == 0 else f"{value:.2f}"


def to_json(tables: Mapping[str, Table], about: Mapping[str, object]) -> str:
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
    return json.dumps({"machine": dict(about), "groups": groups}, indent=1) + "\n"
