"""The loader's way to the cache: a reader and the metrics layer, imported in the loader's thread."""

from pathlib import Path
from typing import TYPE_CHECKING

from funnel_tui.model.values import ConversationRow, Report, Timeline
from funnel_tui.settings import Settings

from .state import View

if TYPE_CHECKING:
    from funnel_tui.metrics import ReportRequest


class CacheBackend:
    """Reads one cache. Made and used in one thread."""

    def __init__(self, cache: Path, settings: Settings) -> None:
        from funnel_tui.store import Reader

        self._reader = Reader.open(cache)
        self._settings = settings

    def report(self, view: View, now: int) -> Report:
        from funnel_tui.metrics import build_report

        return build_report(self._reader, self._settings, _request(view), now)

    def conversations(self, view: View, metric: str, now: int, limit: int) -> list[ConversationRow]:
        from funnel_tui.metrics import conversations_behind

        return conversations_behind(self._reader, self._settings, _request(view), metric, now, limit)

    def timeline(self, source: str, conversation: str, at: int) -> Timeline | None:
        from funnel_tui.metrics import timeline

        return timeline(self._reader, source, conversation, at)

    def version(self) -> int:
        return self._reader.changes()

    def close(self) -> None:
        self._reader.close()


def _request(view: View) -> "ReportRequest":
    from funnel_tui.metrics import ReportRequest

    return ReportRequest(
        period=view.period, compare=view.compare, at=view.at, earlier=view.earlier, filters=dict(view.filters)
    )
