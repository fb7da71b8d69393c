"""Text plots for reports, and that nothing else pays for plotext or rich."""

import subprocess
import sys
from zoneinfo import ZoneInfo

import pytest

from funnel_tui.charts.plots import plot_text
from funnel_tui.model.values import Unit

DUBLIN = ZoneInfo("Europe/Dublin")
STARTS = [1_790_000_000 + 86_400 * day for day in range(28)]


@pytest.mark.parametrize(("width", "height"), [(24, 8), (60, 12), (100, 18), (160, 30)])
def test_fits_and_has_axes_and_legend(width: int, height: int) -> None:
    values = [60.0 + 5 * day for day in range(28)]
    text = plot_text(STARTS, [("now", values), ("before", values[::-1])], width, height, DUBLIN, unit=Unit.SECONDS)
    rows = text.split("\n")
    assert len(rows) == height
    assert max(map(len, rows)) <= width
    assert rows[-1].strip() == "⠒⠒ now   •• before"
    assert "Sep" in rows[-2]
    assert any(row.startswith(("1m", "2m", " 2m", " 1m")) for row in rows)
    assert "\x1b" not in text


def test_gaps_single_points_and_nothing() -> None:
    assert plot_text(STARTS, [("now", [None] * 28)], 60, 12, DUBLIN) == "no values in this period"
    assert plot_text(STARTS, [("now", [1.0] * 28)], 10, 4, DUBLIN) == "too narrow for a chart"
    one = plot_text(STARTS, [("now", [None] * 10 + [5.0] + [None] * 17)], 60, 12, DUBLIN)
    assert sum("\u2801" <= char <= "\u28ff" for char in one.rsplit("\n", 1)[0]) == 1


def test_one_chart_leaves_nothing_in_the_next() -> None:
    plot_text(STARTS, [("first", [3.0] * 28)], 60, 12, DUBLIN, title="First")
    second = plot_text(STARTS, [("second", [1.0] * 28)], 60, 12, DUBLIN)
    assert "first" not in second.lower()


def test_charts_import_nothing_heavy() -> None:
    """The headless commands draw bars and format values: neither Textual, rich nor plotext may come along."""
    code = (
        "import sys\n"
        "from funnel_tui.charts import bars, columns, format, lines, plots, queue, render, sankey, sparkline\n"
        "print(plots.plot_text([], [], 80, 20, None))\n"
        "print(render.to_ansi([bars.hbar(3, 4, 20, 'human')]))\n"
        "print(sorted({'textual', 'rich', 'plotext', 'sqlite3', 'httpx'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
