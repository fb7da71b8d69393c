"""The board of what people solve without the team: the bot by topic, why it hands over, articles."""

from dataclasses import replace

from funnel_tui.metrics.article_table import articles
from funnel_tui.metrics.ever import ever, rate_of_all
from funnel_tui.metrics.past import last_months
from funnel_tui.metrics.rankings import Table, ranking, why_not
from funnel_tui.metrics.team_resolved import resolved_of_begun
from funnel_tui.metrics.tiles import Tiles
from funnel_tui.model.boards import ReasonRow, SelfserveBoard

_TOPICS = Table(
    by="topic",
    key="tag",
    metrics=(
        "selfserve.bot_answered",
        "selfserve.bot_resolved",
        "selfserve.bot_resolution_rate",
        "selfserve.bot_handed_off",
        "selfserve.bot_durable_rate",
        "selfserve.bot_csat",
    ),
    there=("bot_answered", "bot_handed_off", "bot_rated"),
    trend="bot_answered",
)

_REASONS = {
    "handoff_no_answer": "Passed on without an answer",
    "handoff_asked_again": "Passed on when asked again",
    "handoff_answered": "Passed on after an answer",
    "handoff_left": "Left the customer unanswered",
    "handoff_stepped_in": "A teammate stepped in",
    "handoff_unclear": "Cannot be told",
}
"""By their populations; the first three said so, and nobody said the others."""


def selfserve_board(tiles: Tiles, now: int) -> SelfserveBoard:
    reason = why_not(tiles, "selfserve.bot_handed_off")
    known = ever(tiles.reader, tiles.measures.scope)
    return SelfserveBoard(
        topics=ranking(tiles, _TOPICS),
        handoffs=() if reason is not None else _handoffs(tiles),
        articles=articles(tiles, known),
        monthly=last_months(tiles),
        handoffs_reason=reason,
        articles_ever=rate_of_all(known, tiles.span.zone),
        team_resolved=resolved_of_begun(tiles),
    )


def _handoffs(tiles: Tiles) -> tuple[ReasonRow, ...]:
    """The most frequent first; their counts add up to the bot's hand-offs of the period."""
    scope, window = tiles.measures.scope, tiles.comparable("selfserve.bot_handed_off")
    counts = tiles.reader.sums(_REASONS, scope)
    before: dict[str, float] = {}
    if window is not None:
        before = tiles.reader.sums(_REASONS, replace(scope, start=window.start, end=window.end))
    rows = [
        ReasonRow(key, label, int(counts[key]), int(before[key]) if key in before else None)
        for key, label in _REASONS.items()
        if counts[key] or before.get(key)
    ]
    return tuple(sorted(rows, key=lambda row: -row.count))
