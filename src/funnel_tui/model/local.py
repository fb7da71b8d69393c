"""Figures that only a screen has, not the catalogue: of single articles, and of what the team resolved by its way."""

from collections.abc import Mapping

from .values import Direction, MetricSpec, Unit

CONVERSATIONS = MetricSpec(
    "article.conversations",
    "Then wrote",
    Unit.COUNT,
    Direction.NEITHER,
    "Of the article's viewers in the period, those who started a conversation within 24 h of a view of it.",
    "selfserve",
)
VIEWS_EVER = MetricSpec(
    "article.views_ever",
    "Views ever",
    Unit.COUNT,
    Direction.NEITHER,
    "All views of the article since it was written, whatever the period: by the newest sample of its counter, or the"
    " single views that are known.",
    "selfserve",
)
CONVERSATIONS_EVER = MetricSpec(
    "article.conversations_ever",
    "Wrote ever",
    Unit.COUNT,
    Direction.NEITHER,
    "The conversations that the article led to since it was written, whatever the period: by its counter, or the"
    " viewers who started one within 24 h of a view that is known.",
    "selfserve",
)
RATE_EVER = MetricSpec(
    "article.rate_ever",
    "Rate ever",
    Unit.RATIO,
    Direction.NEITHER,
    "1 - conversations / views since the article was written, whatever the period. It is of views: who looked twice"
    " counts twice, so it is not the period's rate, which is of viewers where they are known.",
    "selfserve",
)

TEAM_RESOLVED = MetricSpec(
    "human.begun_resolved",
    "Resolved by the team",
    Unit.COUNT,
    Direction.NEITHER,
    "Of the queries begun in the period (an episode, with what its person read in the 24 h before it), those that a"
    " teammate answered and that are closed, as the funnel counts them. What was begun before the period and closed in"
    " it is not among them; the bars by month count by the day of the close instead.",
    "human",
)
TEAM_RESOLVED_DIRECT = MetricSpec(
    "human.begun_resolved_direct",
    "Resolved from the start",
    Unit.COUNT,
    Direction.NEITHER,
    "Of the queries begun in the period that the team resolved, those that began with the team: no article was read in"
    " the 24 h before, and no bot was there first.",
    "human",
)
TEAM_RESOLVED_AFTER = MetricSpec(
    "human.begun_resolved_after_selfserve",
    "Resolved after self-serve",
    Unit.COUNT,
    Direction.NEITHER,
    "Of the queries begun in the period that the team resolved, those with an article read in the 24 h before, or"
    " with a bot first, whether or not it had an answer. Reaching the team after self-serve is counted on its day,"
    " and only where the bot had answered.",
    "human",
)

LOCAL: Mapping[str, MetricSpec] = {
    spec.id: spec
    for spec in (
        CONVERSATIONS,
        VIEWS_EVER,
        CONVERSATIONS_EVER,
        RATE_EVER,
        TEAM_RESOLVED,
        TEAM_RESOLVED_DIRECT,
        TEAM_RESOLVED_AFTER,
    )
}
