"""What Zendesk can tell."""

from funnel_tui.model.abilities import Abilities, approximate, each, unavailable

_NO_VIEWS = "Zendesk does not tell who read an article, or how often"
_NO_BOT = "Zendesk tells of its AI agents only in a daily export of an add-on, which is not read"
_SILENT = unavailable("The tickets' history may not be read.")
_MINUTES = approximate("whole minutes: from Zendesk's own metrics, as the tickets' history may not be read")
_STANDING = approximate("from the tickets as they stand: what came in between is not known without their history")

ABILITIES = Abilities(
    metrics={
        "proactive.": unavailable("Zendesk has no outbound messages."),
        "selfserve.": unavailable(f"{_NO_BOT}."),
        "selfserve.seekers": approximate(f"people who wrote, without silent readers: {_NO_VIEWS}"),
        "selfserve.article_": unavailable(f"{_NO_VIEWS}."),
        "selfserve.share_resolved": unavailable(f"{_NO_VIEWS}."),
        "human.direct": unavailable(f"{_NO_VIEWS}."),
        "human.after_selfserve": unavailable(f"{_NO_VIEWS}."),
        "queue.with_bot": unavailable(f"{_NO_BOT}."),
        "queue.on_duty": unavailable("Zendesk does not tell who is on duty."),
        "savings.": unavailable(f"{_NO_VIEWS}; and {_NO_BOT}."),
    },
    feeds={
        "tickets": (
            *("selfserve.seekers", "human."),
            *("queue.open", "queue.unassigned", "queue.waiting", "queue.snoozed"),
            *("queue.oldest_wait", "queue.median_wait", "queue.arrivals_1h", "queue.closes_1h"),
        ),
    },
    without={
        "parts": {
            **each(("human.response.", "human.one_touch_rate", "human.replies_per_close", "human.ping_pong"), _SILENT),
            **each(
                (
                    *("human.first_response", "human.within_", "human.time_to_close.", "human.resolved"),
                    *("human.reopened", "human.reopen_rate", "human.reassigned"),
                    *("queue.waiting", "queue.oldest_wait", "queue.median_wait"),
                ),
                _MINUTES,
            ),
            **each(
                (
                    *("human.inbound", "human.closed_unanswered", "queue.open", "queue.unassigned", "queue.snoozed"),
                    *("queue.arrivals_1h", "queue.closes_1h"),
                ),
                _STANDING,
            ),
        },
        "ratings": {"human.csat": approximate("only ratings that the tickets' own history tells of")},
    },
)
