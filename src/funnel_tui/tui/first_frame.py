"""The overview's numbers as text for the terminal, before Textual is there: what people open the dashboard for.

The lines, their places and their colours are those that the overview is drawn of a moment later, so that nothing on
screen moves or changes when it is; charts and lists are added then.
"""

from rich.color import ColorSystem

from funnel_tui.charts.cells import Line
from funnel_tui.model.values import Freshness, Report
from funnel_tui.settings import Settings

from .layout import NUMBER_PANES, overview, whole
from .state import Live, View
from .theme import Ink, Wardrobe
from .widgets.frame import inner_size
from .widgets.header_lines import HeaderData, header_line
from .widgets.number_lines import figures_of, number_pane
from .widgets.numbers import pane_rows
from .widgets.reading import filling, unread

_SYSTEMS = {"truecolor": ColorSystem.TRUECOLOR, "256": ColorSystem.EIGHT_BIT}
FIRST_PANE = "human"
"""Where the cursor stands when the overview opens."""


def first_frame(
    report: Report,
    view: View,
    settings: Settings,
    *,
    title: str,
    live: Live,
    now: int,
    size: tuple[int, int],
    depth: str,
) -> str:
    """What to write to a terminal of this size. Empty where there is nothing to be shown yet, or no room.

    Raises ConfigError for a theme of the user's own that is wrong.
    """
    plan = whole(overview, size, FIRST_PANE, None)
    if plan.too_small or unread(report) or view.filters:
        return ""
    ink = Wardrobe(depth, settings.ui.theme).ink
    freshness = configured(report.freshness, settings)
    header = HeaderData(title, view, report, freshness, live, now, settings.poll_seconds)
    parts = [ink.base.render(" ", color_system=_system(ink)).partition(" ")[0], "\x1b[2J"]
    parts += _written((header_line(header, size[0]),), 0, 0, ink)
    for pane in NUMBER_PANES:
        x, y, width, height = plan.slots[pane]
        rows = pane_rows(pane, inner_size(width, height, boxed=plan.boxed)[1], report)
        active = pane == FIRST_PANE
        lines = number_pane(
            pane,
            figures_of(pane, report, settings.savings.currency, filling=filling(freshness)),
            rows,
            width,
            height,
            boxed=plan.boxed,
            place=0 if active and rows else None,
            active=active,
        )
        parts += _written(lines, x, y, ink)
    return "".join(parts)


def configured(freshness: tuple[Freshness, ...], settings: Settings) -> tuple[Freshness, ...]:
    """Of the sources that are configured, where any are: the cache remembers those that were taken out, too."""
    names = {source.name for source in settings.sources}
    return tuple(known for known in freshness if not names or known.name in names)


def _written(lines: tuple[Line, ...], x: int, y: int, ink: Ink) -> list[str]:
    system = _system(ink)
    return [
        f"\x1b[{row + 1};{x + 1}H"
        + "".join(ink.style(span.style).render(span.text, color_system=system) for span in line)
        for row, line in enumerate(lines, y)
    ]


def _system(ink: Ink) -> ColorSystem:
    return _SYSTEMS.get(ink.depth, ColorSystem.STANDARD)
