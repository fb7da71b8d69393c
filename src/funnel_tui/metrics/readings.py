"""Who read articles, as lines of a list: one for each view, each viewer or each quest that stayed with articles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from funnel_tui.model.items import ReaderRow
from funnel_tui.store.behind import View
from funnel_tui.store.populations import DAY
from funnel_tui.store.reader import Reader


@dataclass(frozen=True, slots=True)
class Reading:
    """Some views of one viewer, earliest first, and what came of them."""

    views: tuple[View, ...]
    outcome: str

    @property
    def at(self) -> int:
        return self.views[0].at


def by_viewer(views: Iterable[View], as_of: int) -> dict[tuple[int, int], Reading]:
    """The readings of each (workspace, viewer), latest first: resolved where nobody wrote within 24 h of any view."""
    found: dict[tuple[int, int], list[View]] = {}
    for view in views:
        found.setdefault((view.wid, view.viewer), []).append(view)
    readings = {viewer: of_views(sorted(views, key=_order), as_of) for viewer, views in found.items()}
    return dict(sorted(readings.items(), key=lambda item: _order(item[1].views[0]), reverse=True))


def of_views(views: Sequence[View], as_of: int) -> Reading:
    """`views` are of one viewer, earliest first."""
    if any(view.followed for view in views):
        return Reading(tuple(views), "wrote")
    return Reading(tuple(views), "pending" if views[-1].at > as_of - DAY else "resolved")


def _order(view: View) -> tuple[int, int]:
    return view.at, view.vid


def rows(reader: Reader, readings: Sequence[Reading], as_of: int) -> list[ReaderRow]:
    """Lines of a list, with the conversations that followed."""
    wrote = [view for reading in readings if reading.outcome == "wrote" for view in reading.views if view.followed]
    followers = reader.followers(wrote, as_of) if wrote else {}
    return [_row(reading, followers) for reading in readings]


def _row(reading: Reading, followers: dict[int, str]) -> ReaderRow:
    first, last = reading.views[0], reading.views[-1]
    return ReaderRow(
        source=first.source,
        id=first.reader,
        articles=tuple(dict.fromkeys(view.article for view in reading.views)),
        views=len(reading.views),
        first_at=first.at,
        last_at=last.at,
        outcome=reading.outcome,
        conversation=next((followers[view.vid] for view in reading.views if view.vid in followers), None),
    )
