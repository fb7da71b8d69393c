"""Articles or the bot: which resolves more of what it is asked, on one scale, and whether that can be told at all."""

from collections.abc import Sequence

from funnel_tui.charts.cells import Canvas, Line, pad, style
from funnel_tui.charts.format import (
    change_role,
    format_change,
    format_interval,
    format_share,
    format_value,
)
from funnel_tui.model.values import MetricValue, Quality, Report

from .figures import FiguresPane, Spots, answer
from .intervals import draw_interval, draw_ticks

ARTICLES, BOT = "selfserve.article_resolution_rate", "selfserve.bot_resolution_rate"
ENOUGH = 30
"""Of each, below which they are not compared."""
_SCALE = (0.0, 1.0)
_TICKS = tuple((percent / 100, f"{percent}" if percent < 100 else "100 %") for percent in (0, 25, 50, 75, 100))


class VersusPane(FiguresPane):
    TITLE = "WHICH WORKS?"
    title = "ARTICLES OR THE BOT: WHICH RESOLVES MORE"
    ROLE = "selfserve"

    @property
    def items(self) -> tuple[str, ...]:
        return ARTICLES, BOT

    def body(self, report: Report, width: int, height: int) -> tuple[Sequence[Line], Spots]:
        found = [report.metrics.get(id_) for id_ in self.items]
        words = answer(verdict_words(*found), width, height - 3)
        apart = 1 if height >= 5 + len(words) else 0
        rows = 3 + apart
        canvas = Canvas(width, rows)
        spots = {}
        label = 10
        texts = [_texts(metric, width) for metric in found]
        widths = [max(len(row[column][0]) for row in texts) for column in range(len(texts[0]))]
        right = sum(width + 2 for width in widths if width)
        room = max(0, width - label - right)
        for index, (id_, name, metric) in enumerate(zip(self.items, ("Articles", "Bot"), found, strict=True)):
            y = index * (1 + apart)
            canvas.write(0, y, name, style("text", bold=True), width=label - 1)
            known = metric is not None and metric.quality is not Quality.UNAVAILABLE
            value, low, high = (metric.value, metric.low, metric.high) if known and metric else (None, None, None)
            draw_interval(canvas, label, y, room, value, low, high, scale=_SCALE, role=self.ROLE)
            x = label + room
            for (text, role), size in zip(texts[index], widths, strict=True):
                if size:
                    canvas.write(x + 2, y, pad(text, size, ">"), style(role, bold=role == self.ROLE))
                    x += size + 2
            spots[id_] = (y, y + 1)
        draw_ticks(canvas, label, rows - 1, room, _TICKS, scale=_SCALE)
        lines = list(canvas.lines())
        if height > rows + len(words):
            lines += Canvas(width, 1).lines()
        return [*lines, *words][:height], spots


def _texts(metric: MetricValue | None, width: int) -> list[tuple[str, str]]:
    """Value, interval, n and change, with their roles: as many as leave room for the scale."""
    if metric is None:
        return [("…", "muted"), ("", ""), ("", ""), ("", "")]
    interval = format_interval(metric)
    return [
        (format_value(metric), "selfserve" if metric.quality is not Quality.UNAVAILABLE else "muted"),
        (f"({interval})" if interval and width >= 40 else "", "muted"),
        (f"n {metric.n:,}" if metric.n is not None and width >= 48 else "", "muted"),
        (format_change(metric) if width >= 76 else "", change_role(metric)),
    ]


def verdict_words(articles: MetricValue | None, bot: MetricValue | None) -> tuple[str, ...]:
    """Which is better, or why that cannot be told; the longest form first."""
    for what, metric in (("what articles resolve", articles), ("what the bot resolves", bot)):
        if metric is None or metric.quality is Quality.UNAVAILABLE:
            said = f"Nothing to compare: {what} cannot be told."
            return (f"{said} {metric.reason}", said) if metric is not None and metric.reason else (said,)
    if articles is None or bot is None:
        return ()
    said = _compared(articles, bot)
    rough = next((m.reason for m in (articles, bot) if m.quality is Quality.APPROXIMATE and m.reason), None)
    return (f"{said} ≈ {rough}", said) if rough else (said,)


def _compared(articles: MetricValue, bot: MetricValue) -> str:
    judged = articles.n or 0, bot.n or 0
    if articles.value is None or bot.value is None or min(judged) < ENOUGH:
        return (
            f"Too few to tell which is better: {judged[0]:,} judged of the articles, {judged[1]:,} of the bot;"
            f" it takes {ENOUGH} of each. A longer period has more."
        )
    shares = format_share(articles.value), format_share(bot.value)
    if articles.low is None or articles.high is None or bot.low is None or bot.high is None:
        return f"Articles {shares[0]}, the bot {shares[1]}: without intervals it cannot be told which is better."
    if articles.low > bot.high:
        return f"Articles resolve more, {shares[0]} against {shares[1]}: the 95 % intervals are apart."
    if bot.low > articles.high:
        return f"The bot resolves more, {shares[1]} against {shares[0]}: the 95 % intervals are apart."
    return "Which is better cannot be told: the 95 % intervals overlap."
