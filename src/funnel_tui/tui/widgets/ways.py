"""Every node and link of the funnel as a table: how many, which share, how many then."""

from funnel_tui.charts.cells import Line, Span, cell_width, style
from funnel_tui.charts.format import format_count, format_share
from funnel_tui.charts.sankey_picture import NODE_ROLES
from funnel_tui.model.boards import FunnelBoard, Place
from funnel_tui.model.values import Report
from funnel_tui.tui.comparing import then_span
from funnel_tui.tui.flowing import Way, change_words, ways
from funnel_tui.tui.table import Column, Order
from funnel_tui.tui.text import steady

from .reading import unread, waiting_words
from .table import TablePane


class WayTable(TablePane[Way]):
    TITLE = "EVERY WAY"
    NOUN = ("way", "ways")

    def __init__(self, pane: str) -> None:
        super().__init__(pane, order=Order("way"))
        self.against: FunnelBoard | None = None

    def show(self, report: Report | None, against: FunnelBoard | None) -> None:
        """Other figures; does not draw."""
        self.report, self.against = report, against
        found = ways(report.funnel, against) if report else ()
        if report is not None:
            nobody = report.funnel.reason or "Nobody sought support in this period."
            self.message = waiting_words(report) if unread(report) else nobody
        rank = {way.key: float(index) for index, way in enumerate(found)}
        columns = [
            Column[Way](
                "way", "way", 0, lambda way: way.label, lambda way: rank.get(way.key, 0.0),
                words="in the order of the flow", drawn=_name, place=_place,
            ),
            Column[Way]("value", "queries", 8, _people, _value, ">", _role, True, place=_place),
            Column[Way]("all", "of all", 7, _of_all, _value, ">", "muted", True, place=_place),
            Column[Way]("source", "of source", 9, _of_source, _share, ">", "muted", True, place=_place),
        ]  # fmt: skip
        if any(way.then is not None for way in found):
            columns += [
                Column[Way]("then", "then", 8, _then, _before, ">", "muted", True, place=self._past),
                Column[Way](
                    "change", "change", 9, change_words, lambda way: way.change, ">", _change_role, True, place=_place
                ),
            ]
        self.fill(found, columns, lambda way: way.key)

    def _past(self, way: Way) -> Place | None:
        """The compared number opens those who went there then."""
        window = self.against.window if self.against else None
        if window is None or self.report is None or not way.then:
            return None
        return way.place((window.start, window.end), then_span(window, self.report.period))


def _place(way: Way) -> Place:
    return way.place()


def _people(way: Way) -> str:
    return format_count(way.value)


def _of_all(way: Way) -> str:
    return format_share(way.of_all)


def _share(way: Way) -> float | None:
    return way.of_source


def _value(way: Way) -> float:
    return float(way.value)


def _before(way: Way) -> float | None:
    return None if way.then is None else float(way.then)


def _of_source(way: Way) -> str:
    return "" if way.of_source is None else format_share(way.of_source)


def _then(way: Way) -> str:
    return "" if way.then is None else format_count(way.then)


def _role(way: Way) -> str:
    return NODE_ROLES.get(way.path[-1], "text")


def _change_role(way: Way) -> str:
    """No way is better here: what is beyond its noise stands out, the rest does not."""
    return "text" if way.clear else "muted"


def _name(way: Way, width: int) -> Line:
    """A node by its name, a link indented under the node that it leaves."""
    link = len(way.path) == 2
    text = steady(way.label if not link else f"  → {way.label.partition(' → ')[2]}")
    if cell_width(text) > width:
        text = text[: width - 1] + "…"
    return (Span(text, style(_role(way), bold=not link)),)
