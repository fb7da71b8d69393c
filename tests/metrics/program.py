"""The real program on a world of canonical lines: parser, store, metrics, as `import` and `report` use them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from funnel_tui.metrics.funnel import funnel
from funnel_tui.metrics.measures import Measures
from funnel_tui.metrics.recipes import RECIPES, measure
from funnel_tui.model.clock import system_clock
from funnel_tui.settings import OfficeHours, Settings
from funnel_tui.sources.jsonl import parse_line
from funnel_tui.store import Reader, Store
from funnel_tui.store.scope import Scope
from tests.reference import brute

WEEK = 7 * 86_400


def load(
    path: Path,
    lines: Iterable[Mapping[str, Any]],
    *,
    reopen_window: int = WEEK,
    pages: int = 1,
    zone: ZoneInfo | None = None,
    office_hours: Any = None,
    clocks: Sequence[int] = (),
) -> None:
    """Write `lines` into the cache at `path`, in as many pages as asked, in the order given.

    `clocks`: what time the writer takes it to be at each page, the last one for all that follow; else it is now.
    """
    times = iter(clocks)
    now = next(times, None)
    store = Store.open(
        path,
        reopen_window=reopen_window,
        zone=zone,
        office_hours=hours_of(office_hours),
        clock=lambda: system_clock() if now is None else now,
    )
    parsed = [parse_line(json.dumps(line).encode()) for line in lines]
    size = -(-len(parsed) // pages) or 1
    for first in range(0, len(parsed), size):
        groups: dict[str, list[Any]] = {}
        for workspace, record in parsed[first : first + size]:
            groups.setdefault(workspace, []).append(record)
        store.write_all(groups.items())
        now = next(times, now)
    store.close()


def hours_of(schedule: Any) -> OfficeHours | None:
    """The settings' own kind of a schedule of the reference."""
    if schedule is None:
        return None
    return OfficeHours(schedule.days, schedule.start_minute, schedule.end_minute, schedule.holidays)


def figures(
    cache: Path | Reader,
    *,
    start: int,
    end: int,
    as_of: int,
    zone: ZoneInfo,
    filters: Mapping[str, Sequence[str]] | None = None,
    article_rate: str = "viewers",
    office_hours: Any = None,
    reopen_window: int = WEEK,
) -> dict[str, Any]:
    """metric -> (value, n, pending, why there is none), and `funnel` -> {nodes, links}."""
    reader = Reader.open(cache) if isinstance(cache, Path) else cache
    settings = Settings(zone=zone, article_rate=article_rate, office_hours=hours_of(office_hours))
    measures = Measures(reader, Scope(start, end, as_of, filters or {}), settings, counted=False)
    with reader.at(as_of):
        found: dict[str, Any] = {
            id: (value.value, value.n, value.pending, value.missing) for id, value in measure(RECIPES, measures).items()
        }
        drawn = funnel(measures.links())
        found["funnel"] = {
            "nodes": {node.id: node.value for node in drawn.nodes},
            "links": {(link.source, link.target): link.value for link in drawn.links},
        }
    if isinstance(cache, Path):
        reader.close()
    return found


def differences(
    cache: Path | Reader, lines: Iterable[Mapping[str, Any]], question: Mapping[str, Any]
) -> dict[str, Any]:
    """metric -> (what the program says, what the reference says), of those where the two disagree."""
    found = figures(cache, **question)
    wrong: dict[str, Any] = {}
    for metric, figure in brute.compute(lines, **question).items():
        here = found[metric]
        if metric == "funnel":
            same = not figure.available or here == funnel_of(figure)
        elif not figure.available or (office(metric) and question.get("office_hours") is None):
            same = here[0] is None and here[3] is not None
        else:
            same = here[0] == pytest.approx(figure.value, abs=1e-9) and here[1:3] == (figure.n, figure.pending)
        if not same:
            wrong[metric] = (here, figure)
    return wrong


def funnel_of(figure: brute.Figure) -> dict[str, Any]:
    return {**figure.value, "links": {pair: n for pair, n in figure.value["links"].items() if n}}


def office(metric: str) -> bool:
    return ".first_response_office" in metric


def merges_itself(line: Mapping[str, Any]) -> bool:
    """The parser refuses these."""
    return line.get("kind") == "merged_into" and str(line.get("to")) == str(line["conversation"])
