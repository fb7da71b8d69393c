"""The loader's way to the cache: a reader and the metrics layer, imported in the loader's thread."""

from pathlib import Path
from typing import TYPE_CHECKING

from .state import View

if TYPE_CHECKING:
    from funnel_tui.metrics import ReportRequest
    from funnel_tui.model.boards import Board, Choices, Track
    from funnel_tui.model.items import Items
    from funnel_tui.model.places import Place
    from funnel_tui.model.values import Report, Timeline
    from funnel_tui.settings import Settings
    from funnel_tui.store import Reader


class CacheBackend:
    """Reads one cache. Made and used in one thread."""

    def __init__(self, cache: Path, settings: "Settings", *, read_only: bool = False) -> None:
        self._cache = cache
        self._settings = settings
        self._read_only = read_only
        self._opened = self._open()

    def _open(self) -> "Reader":
        from funnel_tui.store import Reader

        return Reader.open(self._cache, read_only=self._read_only)

    @property
    def _reader(self) -> "Reader":
        if self._opened.overtaken():
            self._opened.close()
            self._opened = self._open()
        return self._opened

    def report(self, view: View, now: int) -> "Report":
        from funnel_tui.metrics import build_report

        return build_report(self._reader, self._settings, _request(view), now)

    def board(self, view: View, name: str, now: int) -> "Board":
        from funnel_tui.metrics import build_board

        return build_board(self._reader, self._settings, _request(view), name, now)

    def items(self, view: View, place: "Place", now: int, limit: int) -> "Items":
        from funnel_tui.metrics import items_behind

        return items_behind(self._reader, self._settings, _request(view), place, now, limit)

    def choices(self, view: View, now: int) -> "Choices":
        from funnel_tui.metrics import choices

        return choices(self._reader, self._settings, _request(view), now)

    def track(self, view: View, start: int, end: int, points: int, now: int) -> "Track":
        from funnel_tui.metrics import track

        return track(self._reader, self._settings, _request(view), start, end, points, now)

    def timeline(self, source: str, conversation: str, at: int) -> "Timeline | None":
        from funnel_tui.metrics import timeline

        return timeline(self._reader, source, conversation, at)

    def version(self) -> int:
        return self._reader.changes()

    def close(self) -> None:
        self._opened.close()


def _request(view: View) -> "ReportRequest":
    from funnel_tui.metrics import ReportRequest

    return ReportRequest(
        period=view.period, compare=view.compare, at=view.at, earlier=view.earlier, filters=dict(view.filters)
    )
