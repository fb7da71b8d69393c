"""Boards of small worlds that are written by hand."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from funnel_tui.metrics import ReportRequest, build_board
from funnel_tui.model.boards import (
    ComparisonBoard,
    ProactiveBoard,
    Ranking,
    RankRow,
    SelfserveBoard,
    SourcesBoard,
)
from funnel_tui.settings import Settings
from funnel_tui.store import Reader
from tests.metrics.program import load
from tests.reference.script import when

UTC = Settings(zone=ZoneInfo("UTC"))

AnyBoard = ProactiveBoard | SelfserveBoard | ComparisonBoard | SourcesBoard


def board(path: Path, name: str, *lines: Any, now: str = "05-01 00:00", **request: Any) -> Any:
    """The board of a world; without lines, of the cache as it is at `path`. March 2026 unless told otherwise."""
    if lines:
        load(path, [line for part in lines for line in (part if isinstance(part, list) else [part])], zone=UTC.zone)
    asked = ReportRequest(**{"period": "2026-03-01..2026-03-31", **request})
    reader = Reader.open(path)
    try:
        return build_board(reader, UTC, asked, name, when(now))
    finally:
        reader.close()


def row(ranking: Ranking, key: str) -> RankRow:
    (found,) = [row for row in ranking.rows if row.key == key]
    return found


def figures(found: RankRow) -> dict[str, tuple[Any, ...]]:
    """metric -> (value, n, pending), by the last word of its id."""
    return {id.rpartition(".")[2]: (m.value, m.n, m.pending) for id, m in found.metrics.items()}
