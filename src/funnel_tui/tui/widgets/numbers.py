"""Which numbers each pane shows, in which order, and what lies beside them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from funnel_tui.model.values import Report, SeriesPoint


@dataclass(frozen=True)
class Row:
    """A number of a pane; `label` is short because the catalogue's is made for a line of its own."""

    metric: str
    label: str
    aside: tuple[tuple[str, str], ...] = ()
    """(word, metric) shown after the value where there is no comparison, or where there is room for both."""
    short: str = ""
    """For narrow panes, where `label` would touch the value."""


@dataclass(frozen=True)
class PaneSpec:
    title: str
    role: str
    rows: tuple[Row, ...]
    """Most important first: a pane shows as many as it has lines."""
    spark: str
    """The field of `SeriesPoint` that the pane's sparkline shows, and its words."""
    spark_label: str
    prefixes: tuple[str, ...]
    """What the zoomed pane lists besides."""


PANES: Mapping[str, PaneSpec] = {
    "proactive": PaneSpec(
        "PROACTIVE",
        "proactive",
        (
            Row("proactive.delivered", "Delivered"),
            Row("proactive.open_rate", "Open rate"),
            Row("proactive.per_seeker", "Per seeker"),
            Row("proactive.opened", "Opened"),
            Row("proactive.clicked", "Clicked"),
            Row("proactive.replied", "Replied to"),
            Row("proactive.bounced", "Bounced"),
        ),
        "proactive_delivered",
        "delivered",
        ("proactive.",),
    ),
    "selfserve": PaneSpec(
        "SELF-SERVE",
        "selfserve",
        (
            Row("selfserve.share_resolved", "Self-serve"),
            Row("selfserve.bot_resolution_rate", "Bot solves"),
            Row("selfserve.article_resolution_rate", "Articles"),
            Row("selfserve.bot_handed_off", "Handed off"),
            Row("selfserve.seekers", "Seekers"),
            Row("selfserve.bot_resolved", "Bot solved"),
            Row("selfserve.bot_durable_rate", "Bot lasts"),
            Row("selfserve.bot_answered", "Bot answered"),
            Row("selfserve.article_viewers", "Readers"),
            Row("selfserve.bot_csat", "Bot CSAT"),
        ),
        "selfserve_resolved",
        "resolved",
        ("selfserve.", "savings."),
    ),
    "human": PaneSpec(
        "HUMAN",
        "human",
        (
            Row("queue.waiting", "Waiting now", (("oldest", "queue.oldest_wait"),)),
            Row("queue.open", "Open", (("unassigned", "queue.unassigned"), ("on duty", "queue.on_duty"))),
            Row(
                "human.first_response.median", "First response", (("p90", "human.first_response.p90"),), "1st response"
            ),
            Row("human.time_to_close.median", "Time to close", (("p90", "human.time_to_close.p90"),)),
            Row("human.csat", "CSAT"),
            Row("human.inbound", "Reached team"),
            Row("human.direct", "Directly"),
            Row("human.after_selfserve", "After self-s."),
            Row("human.resolved", "Resolved"),
            Row("human.reopen_rate", "Reopened"),
            Row("human.one_touch_rate", "One reply"),
            Row("human.within_10m", "Within 10 min"),
            Row("queue.arrivals_1h", "Arrived 1 h", (("closed", "queue.closes_1h"),)),
        ),
        "first_response_median",
        "response",
        ("queue.", "human.", "internal."),
    ),
}

SERIES_OF: Mapping[str, Callable[[SeriesPoint], float | None]] = {
    "proactive.delivered": lambda p: p.proactive_delivered,
    "proactive.opened": lambda p: p.opened,
    "proactive.open_rate": lambda p: _ratio(p.opened, p.proactive_delivered),
    "proactive.per_seeker": lambda p: _ratio(p.proactive_delivered, p.seekers),
    "selfserve.seekers": lambda p: p.seekers,
    "selfserve.bot_answered": lambda p: p.bot_answered,
    "selfserve.bot_resolved": lambda p: p.bot_resolved,
    "selfserve.bot_resolution_rate": lambda p: _ratio(p.bot_resolved, p.bot_answered),
    "selfserve.share_resolved": lambda p: _ratio(p.selfserve_resolved, (p.selfserve_resolved or 0) + p.human_resolved),
    "human.inbound": lambda p: p.inbound,
    "human.resolved": lambda p: p.human_resolved,
    "human.first_response.median": lambda p: p.first_response_median,
    "human.time_to_close.median": lambda p: p.time_to_close_median,
    "human.csat": lambda p: p.csat,
}
"""The daily shape of a metric, where the report's series has it."""


def _ratio(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def pane_rows(pane: str, lines: int, report: Report | None, *, zoomed: bool = False) -> tuple[Row, ...]:
    """The rows of a pane that has so many lines; zoomed, every metric of its layer."""
    spec = PANES[pane]
    if not zoomed:
        # A pane of at least six lines gives its last one to the shape of the last weeks.
        return spec.rows[: lines - 1 if lines >= 6 else lines]
    first = [
        Row(row.metric, report[row.metric].spec.label if report and row.metric in report.metrics else row.label)
        for row in spec.rows
    ]
    known = {row.metric for row in first}
    rest = [
        Row(id_, metric.spec.label)
        for id_, metric in (report.metrics if report else {}).items()
        if id_.startswith(spec.prefixes) and id_ not in known
    ]
    return tuple(first + rest)
