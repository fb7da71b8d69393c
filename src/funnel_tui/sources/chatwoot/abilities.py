"""What Chatwoot can tell."""

from funnel_tui.model.abilities import Abilities, Ability, approximate, each, unavailable

_COUNTERS = "Chatwoot counts views of articles, not viewers"
_WRITERS = approximate(f"people who wrote, without silent readers: {_COUNTERS}")
_BEFORE = approximate(f"article views before a conversation are not known: {_COUNTERS}")
_RECEIPTS = approximate("from the delivery status of campaign messages, whose moments are not told")
_TEXTS = approximate("from the conversations' own notes: reporting events may not be read")
_ANSWERS = Ability("approximate", "dated by the survey, not by its answer: ratings may not be read", if_rated=True)

ABILITIES = Abilities(
    metrics={
        "proactive.": _RECEIPTS,
        "proactive.clicked": unavailable("Chatwoot does not tell of clicks in campaign messages."),
        "proactive.per_seeker": _WRITERS,
        "selfserve.seekers": _WRITERS,
        "selfserve.article_views": approximate(f"differences of samples: {_COUNTERS}"),
        "selfserve.article_viewers": unavailable(f"{_COUNTERS}."),
        "selfserve.article_resolution_rate": unavailable("Chatwoot does not tell which article led to a conversation."),
        "selfserve.share_resolved": unavailable("Chatwoot does not tell what articles resolved."),
        **each(
            ("selfserve.bot_answered", "selfserve.bot_resolution_rate"),
            approximate("any message of the bot is taken for an answer"),
        ),
        **each(
            ("selfserve.bot_resolved_confirmed", "selfserve.bot_resolved_assumed"),
            unavailable("Chatwoot does not tell whether the customer confirmed the bot's answer."),
        ),
        "selfserve.bot_csat": unavailable("Chatwoot's ratings do not tell whether a bot was rated."),
        "human.direct": _BEFORE,
        "human.after_selfserve": _BEFORE,
        "human.first_response_office.": approximate("by the configured office hours, not those of the inbox"),
        "human.reassigned": approximate("from the notes that assignments leave in the conversation"),
    },
    feeds={
        "conversations": (
            *("proactive.", "selfserve.bot_", "selfserve.seekers", "selfserve.share_resolved", "human."),
            *("queue.open", "queue.unassigned", "queue.waiting", "queue.snoozed", "queue.with_bot"),
            *("queue.oldest_wait", "queue.median_wait", "queue.arrivals_1h", "queue.closes_1h"),
        ),
        "people": ("queue.on_duty",),
        "articles": ("selfserve.article_",),
    },
    without={
        "events": each(
            (
                # A hand-off that nobody says shifts what reaches the team, when, and what stays with the bot.
                *("selfserve.bot_involved", "selfserve.bot_handed_off", "selfserve.bot_resolved"),
                *("selfserve.bot_durable_rate", "human.inbound", "human.first_response.", "human.first_response_felt."),
                *("human.response.", "human.within_", "human.resolved", "human.time_to_close.", "human.reopened"),
                *("human.reopen_rate", "human.closed_unanswered", "human.one_touch_rate", "human.replies_per_close"),
                *("human.ping_pong", "queue.open", "queue.unassigned", "queue.waiting", "queue.snoozed"),
                *("queue.with_bot", "queue.oldest_wait", "queue.median_wait", "queue.arrivals_1h", "queue.closes_1h"),
            ),
            _TEXTS,
        )
        | each(
            ("selfserve.bot_resolved_confirmed", "selfserve.bot_resolved_assumed"),
            unavailable("Chatwoot does not tell whether the customer confirmed the bot's answer."),
        ),
        "csat": {"human.csat": _ANSWERS},
    },
    counters=True,
)
