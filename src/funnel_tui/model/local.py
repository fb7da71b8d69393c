"""Figures that only a table has, not the catalogue: those of single articles."""

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

LOCAL: Mapping[str, MetricSpec] = {spec.id: spec for spec in (CONVERSATIONS, VIEWS_EVER, CONVERSATIONS_EVER, RATE_EVER)}
