"""How long people waited, or conversations took: the spread of the times against the target, all or by channel."""

from collections.abc import Sequence

from funnel_tui.charts.buckets import Range, bucket_label
from funnel_tui.charts.cells import Canvas, Line, cell_width, style
from funnel_tui.charts.distribution import distribution_chart, distribution_hits
from funnel_tui.charts.distribution_words import target_words
from funnel_tui.charts.format import format_plain
from funnel_tui.model.boards import Distribution, Place
from funnel_tui.model.values import Quality, Report
from funnel_tui.tui.text import steady

from .chart import ChartPane, sentence
from .frame import inner_size
from .turning import TurningPane

ALL = "all"
_NOTHING = "Nothing ended in this period"


class SpreadPane(TurningPane, ChartPane):
    """One distribution at a time; `turn` shows the next one. Its points are the buckets, one below the other."""

    ROLE = "human"
    STEPS_DOWN = True

    def __init__(self, pane: str, tab: str, title: str, metric: str) -> None:
        super().__init__(pane)
        self.TITLE, self.title = tab, title
        self.spreads: tuple[Distribution, ...] = ()
        self.whose = ALL
        self._metric = metric

    def show(self, spreads: Sequence[Distribution]) -> None:
        """Other figures; does not draw."""
        self.spreads = tuple(spreads)
        if self.whose not in [spread.label for spread in spreads]:
            self.whose = spreads[0].label if spreads else ALL

    @property
    def spread(self) -> Distribution | None:
        return next((spread for spread in self.spreads if spread.label == self.whose), None)

    @property
    def following(self) -> str:
        """Whose `turn` shows; empty where there is no other."""
        labels = [spread.label for spread in self.spreads]
        return labels[(labels.index(self.whose) + 1) % len(labels)] if len(labels) > 1 else ""

    def turn(self) -> str | None:
        """The next one's; says whose. None where there is no other."""
        if not self.following:
            return None
        self.whose = self.following
        self._drawn = ()
        self.redraw()
        return f"{self.title.capitalize()}: {_who(self.whose)}"

    # The buckets

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(map(_name, self._ranges))

    @property
    def _ranges(self) -> tuple[Range, ...]:
        spread = self.spread
        if spread is None or self.report is None:
            return ()
        width, height = inner_size(*self.size, boxed=self.boxed)
        return distribution_hits(spread, width, self._room(spread, height)).keys

    def place_of(self, item: str) -> Place | None:
        found = next((pair for pair in self._ranges if _name(pair) == item), None)
        spread = self.spread
        if found is None or spread is None:
            return None
        label = bucket_label(*found, spread.unit)
        words = label if spread.label == ALL else f"{steady(spread.label)}, {label}"
        return Place(spread.metric, spread.filters, between=found, words=words)

    def point_at(self, x: int, y: int) -> str | None:
        spread = self.spread
        if spread is None:
            return None
        width, height = inner_size(*self.size, boxed=self.boxed)
        found = distribution_hits(spread, width, self._room(spread, height)).at(x, y)
        return None if found is None else _name(found)

    # Drawing

    def draw(self, width: int, height: int) -> tuple[Line, ...]:
        if self.active and self.selected not in self.items:
            # It may have had no size yet, and so no points, when the cursor came.
            self.selected = self._nearest(0)
        return super().draw(width, height)

    def chart(self, report: Report, width: int, height: int) -> Sequence[Line]:
        spread = self.spread
        if spread is None:
            known = report.metrics.get(self._metric)
            reason = known.reason if known is not None and known.quality is Quality.UNAVAILABLE else None
            return sentence(self.waiting if self.board is None else reason or _NOTHING, width)
        if not spread.n:
            where = "" if spread.label == ALL else f" in {steady(spread.label)}"
            return sentence(f"{_NOTHING}{where}. [ ] and 1-5 choose another one.", width)
        marked = next((pair for pair in self._ranges if _name(pair) == self.mark), None)
        room = self._room(spread, height)
        buckets = distribution_chart(spread, width, room, role=self.ROLE, marked=marked, glyphs=self.funnel.glyphs)
        return (*buckets, *self._below(spread, width, height - room))

    def _room(self, spread: Distribution, height: int) -> int:
        """Lines for the buckets: all where nothing else is to be said, else as many as they need."""
        needed = len(spread.buckets) + 1 + (spread.target is not None)
        return needed if height >= needed + 2 else height

    def _below(self, spread: Distribution, width: int, height: int) -> tuple[Line, ...]:
        """What there is to say under the buckets: each channel against its target, or that there is none."""
        others = [other for other in self.spreads if other.label != ALL]
        if spread.label != ALL:
            if spread.target is not None:
                return ()
            name = steady(spread.label)
            return sentence(f"No target for {name}: [targets.{name}] in the configuration sets one.", width)[:height]
        if not others or height < 3:
            return ()
        canvas = Canvas(width, min(height, 2 + len(others)))
        names = min(14, max(7, *(cell_width(steady(other.label)) for other in others)))
        canvas.write(0, 1, "channel", style("muted", bold=True), width=names)
        canvas.write(names + 2, 1, " median  target", style("muted", bold=True))
        hidden = len(others) - (canvas.height - 2)
        for y, other in enumerate(others[: canvas.height - 2 - (hidden > 0)], 2):
            _channel(canvas, y, other, names)
        if hidden > 0 and canvas.height > 2:
            canvas.write(0, canvas.height - 1, f"and {hidden + 1} more: b shows each", style("muted"))
        return canvas.lines()

    def _title(self) -> str:
        return f"{self.title}, {_who(self.whose)}" if len(self.spreads) > 1 else self.title

    def _note(self) -> str:
        return f"b: {_who(self.following)}" if self.following else ""


def _channel(canvas: Canvas, y: int, spread: Distribution, names: int) -> None:
    """`chat     1m 40s  ! 1m: 42 % within, 45 % expected`."""
    canvas.write(0, y, steady(spread.label), style("text"), width=names)
    median = format_plain(spread.median, spread.unit)
    canvas.write(names + 2 + max(0, 7 - cell_width(median)), y, median, style("human", bold=True))
    x = names + 11
    words = target_words(spread, canvas.width - x).replace("target ", "", 1) or "none"
    canvas.write(x, y, words, style("warn" if words.startswith("!") else "muted"))


def _who(label: str) -> str:
    return "all channels" if label == ALL else steady(label)


def _name(bucket: Range) -> str:
    return f"{bucket[0]:g}–{'' if bucket[1] is None else f'{bucket[1]:g}'}"
