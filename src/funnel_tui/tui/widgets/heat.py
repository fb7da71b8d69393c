"""The hours of the week: when the work comes, and when people wait longest."""

from collections.abc import Sequence

from funnel_tui.charts.cells import Line
from funnel_tui.charts.heat import HeatHits, Hour, heat_hits, heat_map, hour_name
from funnel_tui.model.boards import Heat, Place
from funnel_tui.model.values import Report

from .chart import ChartPane, sentence
from .frame import inner_size
from .turning import TurningPane

_NAMES = ("arrivals", "median wait")


class HeatPane(TurningPane, ChartPane):
    """Two maps, one shown at a time; its points are the hours."""

    TITLE = "Hours"
    ROLE = "human"

    def __init__(self, pane: str) -> None:
        super().__init__(pane)
        self.heats: tuple[Heat, ...] = ()
        self.which = 0

    @property
    def heat(self) -> Heat | None:
        return self.heats[self.which] if self.heats else None

    def turn(self) -> str:
        """The other map; says which."""
        self.which = 1 - self.which
        self._drawn = ()
        self.redraw()
        return f"Hours of the week: {_NAMES[self.which]}"

    # The hours

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(_name(hour) for hour in self._hits().keys)

    def _hits(self) -> HeatHits:
        if self.heat is None or self.report is None:
            return HeatHits({}, 1)
        return heat_hits(self.heat, *inner_size(*self.size, boxed=self.boxed), marked=_hour(self.selected))

    def place_of(self, item: str) -> Place | None:
        hour, heat = _hour(item), self.heat
        # A cell of several hours has no list of its own: zoomed in there is one for each.
        if hour is None or heat is None or self._hits().group > 1:
            return None
        return Place(heat.metric, hour=hour, words=hour_name(*hour))

    def point_at(self, x: int, y: int) -> str | None:
        hour = self._hits().at(x, y)
        return None if hour is None else _name(hour)

    def move(self, dx: int, dy: int) -> bool:
        hits = self._hits()
        if not self.alone or not hits.keys:
            return False
        if len(hits.keys) < 24:
            # Too low for a map: the highest hours in a list.
            following = hits.step(_hour(self.selected), dy)
        else:
            following = hits.move(_hour(self.selected), dy, dx)
        return following is not None and self.select(_name(following))

    def jump(self, place: int) -> bool:
        return self.alone and super().jump(place)

    # Drawing

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        if self.active and self.selected not in self.items:
            # It may have had no size yet, and so no points, when the cursor came.
            self.selected = self._nearest(0)
        return super().draw(width, height)

    def chart(self, report: Report, width: int, height: int) -> Sequence[Line]:
        if self.heat is None:
            return sentence(self.waiting, width)
        if not any(count for row in self.heat.n for count in row):
            nothing = "Nobody reached the team in this period." if not self.which else "No wait ended in this period."
            return sentence(nothing, width)
        mono = self.funnel.ink.mono
        return heat_map(
            self.heat, width, height, role=self.ROLE, marked=_hour(self.mark), glyphs=self.funnel.glyphs, mono=mono
        )

    def _title(self) -> str:
        return f"HOURS OF THE WEEK, {_NAMES[self.which]}"

    def _note(self) -> str:
        return f"w: {_NAMES[1 - self.which]}"


def _name(hour: Hour) -> str:
    return f"{hour[0]}:{hour[1]:02d}"


def _hour(item: str | None) -> Hour | None:
    day, _, hour = (item or "").partition(":")
    return (int(day), int(hour)) if hour else None
