"""Articles or the bot: which resolves more of what it is asked, on one scale, and whether that can be told at all.

Where the period has too few readers, what articles did since they were written stands below them: a hint, no verdict.
"""

from collections.abc import Sequence
from dataclasses import replace

from funnel_tui.charts.cells import Canvas, Line, pad, style
from funnel_tui.charts.format import (
    change_role,
    format_change,
    format_interval,
    format_share,
    format_value,
)
from funnel_tui.model.boards import SelfserveBoard
from funnel_tui.model.local import RATE_EVER
from funnel_tui.model.places import Place
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
        return (ARTICLES, BOT) if self.ever is None else (ARTICLES, RATE_EVER.id, BOT)

    @property
    def ever(self) -> MetricValue | None:
        """What articles did since they were written, where it says more than the period does."""
        known = self.board.articles_ever if isinstance(self.board, SelfserveBoard) else None
        return known if self.report and needs_hint(self.report.metrics.get(ARTICLES), known) else None

    def _of(self, id_: str) -> MetricValue | None:
        if id_ == RATE_EVER.id:
            return self.ever
        return self.report.metrics.get(id_) if self.report else None

    def metric(self) -> MetricValue | None:
        return self._of(self.selected) if self.selected else None

    def place(self) -> Place | None:
        found = super().place()
        return replace(found, words="all articles") if found and found.metric == RATE_EVER.id else found

    def body(self, report: Report, width: int, height: int) -> tuple[Sequence[Line], Spots]:
        ever = self.ever
        found = [(id_, self._of(id_)) for id_ in self.items]
        least = len(found) + 1
        said = verdict_words(report.metrics.get(ARTICLES), report.metrics.get(BOT), ever)
        words = answer(said, width, height - least)
        apart = 1 if height >= least + 2 + len(words) else 0
        rows = least + apart
        canvas = Canvas(width, rows)
        spots = {}
        label = 16 if ever and width >= 60 else 10
        names = {ARTICLES: "Articles", BOT: "Bot", RATE_EVER.id: "  since written" if label > 10 else "  ever"}
        texts = [_texts(metric, width) for _, metric in found]
        widths = [max(len(row[column][0]) for row in texts) for column in range(len(texts[0]))]
        right = sum(width + 2 for width in widths if width)
        room = max(0, width - label - right)
        for index, (id_, metric) in enumerate(found):
            y = index + (apart if id_ == BOT else 0)
            dim = id_ == RATE_EVER.id
            canvas.write(0, y, names[id_], style("muted" if dim else "text", bold=not dim), width=label - 1)
            known = metric is not None and metric.quality is not Quality.UNAVAILABLE
            value, low, high = (metric.value, metric.low, metric.high) if known and metric else (None, None, None)
            if dim:
                low = high = None
            role = "muted" if dim else self.ROLE
            draw_interval(canvas, label, y, room, value, low, high, scale=_SCALE, role=role)
            x = label + room
            for (text, look), size in zip(texts[index], widths, strict=True):
                if size:
                    look = "muted" if dim else look
                    canvas.write(x + 2, y, pad(text, size, ">"), style(look, bold=look == self.ROLE))
                    x += size + 2
            spots[id_] = (y, y + 1)
        draw_ticks(canvas, label, rows - 1, room, _TICKS, scale=_SCALE)
        lines = list(canvas.lines())
        if height > rows + len(words):
            lines += Canvas(width, 1).lines()
        return [*lines, *words][:height], spots


def needs_hint(articles: MetricValue | None, ever: MetricValue | None) -> bool:
    """Whether the period has too few readers of articles for a rate, and all time has views enough."""
    if articles is None or ever is None or ever.value is None or (ever.n or 0) < ENOUGH:
        return False
    return articles.quality is Quality.UNAVAILABLE or articles.value is None or (articles.n or 0) < ENOUGH


def _texts(metric: MetricValue | None, width: int) -> list[tuple[str, str]]:
    """Value, interval, n and change, with their roles: as many as leave room for the scale."""
    if metric is None:
        return [("…", "muted"), ("", ""), ("", ""), ("", "")]
    # Of so many views it is narrower than the scale, and what is not known of them is not chance.
    interval = "" if metric.spec.id == RATE_EVER.id else format_interval(metric)
    return [
        (format_value(metric), "selfserve" if metric.quality is not Quality.UNAVAILABLE else "muted"),
        (f"({interval})" if interval and width >= 40 else "", "muted"),
        (_n(metric) if width >= 48 else "", "muted"),
        (format_change(metric) if width >= 76 else "", change_role(metric)),
    ]


def _n(metric: MetricValue) -> str:
    if metric.n is None:
        return ""
    return f"{metric.n:,} views" if metric.spec.id == RATE_EVER.id else f"n {metric.n:,}"


def verdict_words(
    articles: MetricValue | None, bot: MetricValue | None, ever: MetricValue | None = None
) -> tuple[str, ...]:
    """Which is better, or why that cannot be told; the longest form first. What is known `ever` is said to be no part
    of it."""
    said = _verdict(articles, bot)
    if ever is None or not said:
        return said
    since = f"Since they were written, articles were enough for {format_value(ever)} of {ever.n or 0:,} views"
    long = f"{since}: all time and views, not this period's readers, so a hint beside the bot and no verdict."
    short = "This period cannot tell which is better. Since written is a hint: all time, and views, not readers."
    return (*(f"{form.rstrip('.')}. {long}" for form in said), short, *said[-1:])


def _verdict(articles: MetricValue | None, bot: MetricValue | None) -> tuple[str, ...]:
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
