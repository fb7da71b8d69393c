"""What Intercom can tell."""

from funnel_tui.model.abilities import Abilities, approximate, each, unavailable

_COUNTERS = "Intercom gives article counters, not single views"
_SILENT = unavailable("The messages of the conversations may not be read.")
_DATES = approximate("from the conversation's own dates: its messages may not be read")

ABILITIES = Abilities(
    metrics={
        "selfserve.seekers": approximate(f"people who wrote, without silent readers: {_COUNTERS}"),
        "selfserve.article_views": approximate(f"differences of samples: {_COUNTERS}"),
        "selfserve.article_viewers": unavailable(f"{_COUNTERS}."),
        "selfserve.article_resolution_rate": approximate(f"1 - conversations / views: {_COUNTERS}"),
        "selfserve.share_resolved": approximate(f"articles by counters: {_COUNTERS}"),
        "human.direct": approximate(f"article views before a conversation are not known: {_COUNTERS}"),
        "human.after_selfserve": approximate(f"article views before a conversation are not known: {_COUNTERS}"),
        "proactive.per_seeker": approximate(f"seekers are those who wrote: {_COUNTERS}"),
    },
    feeds={
        "outbound": ("proactive.",),
        "articles": ("selfserve.article_", "selfserve.share_resolved"),
        "conversations": (
            *("selfserve.bot_", "selfserve.seekers", "selfserve.share_resolved", "proactive.per_seeker", "human."),
            *("queue.open", "queue.unassigned", "queue.waiting", "queue.snoozed", "queue.with_bot"),
            *("queue.oldest_wait", "queue.median_wait", "queue.arrivals_1h", "queue.closes_1h"),
        ),
        "admins": ("queue.on_duty",),
    },
    without={
        "parts": {
            **each(
                (*("human.response.", "human.one_touch_rate", "human.replies_per_close", "human.ping_pong"),),
                _SILENT,
            ),
            **each(
                (
                    *("human.first_response.", "human.time_to_close.", "human.reopened", "human.reopen_rate"),
                    *("human.reassigned", "human.resolved"),
                ),
                _DATES,
            ),
        }
    },
    counters=True,
)
