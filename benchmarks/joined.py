"""Several runs as one page: the large caches take so long that they are measured in a run of their own."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.figures import Figure, Row, Table
from benchmarks.groups import GROUPS


def join(files: Sequence[Path]) -> tuple[dict[str, Table], dict[str, object]]:
    """The tables of runs written with `--json`, and the machine of the last one; a later figure replaces an earlier."""
    runs = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    tables = {}
    for id, group in GROUPS.items():
        figures: dict[tuple[str, int | None], Figure] = {}
        units: dict[str, str] = {}
        for run in runs:
            for found in run["groups"].get(id, ()):
                units[found["name"]] = found["unit"]
                key = found["name"], found["size"]
                figures[key] = Figure(found["name"], tuple(found["samples"]), found["size"])
        if figures:
            ordered = sorted(figures.values(), key=lambda figure: figure.size or 0)
            tables[id] = Table(group.title, _rows(group.rows, units), ordered, (group.note,) if group.note else ())
    return tables, {**runs[-1]["machine"], "runs joined": len(runs)}


def _rows(declared: Iterable[Row], units: dict[str, str]) -> tuple[Row, ...]:
    """The declared rows that were measured, then those that only measuring could tell."""
    known = tuple(row for row in declared if row.name in units)
    names = {row.name for row in known}
    return (*known, *(Row(name, unit) for name, unit in units.items() if name not in names))
