"""What Request Tracker can tell."""

from funnel_tui.model.abilities import Abilities, approximate, each, unavailable

_NO_RATINGS = unavailable("Request Tracker asks for no ratings.")
_NO_BOT = unavailable("Request Tracker has no bot.")
_NO_ARTICLES = unavailable("Request Tracker does not count who reads its articles.")
_NO_SENDING = unavailable("Request Tracker sends no proactive messages.")
_READERS = "silent readers of articles are not known"

ABILITIES = Abilities(
    metrics={
        "proactive.": _NO_SENDING,
        "selfserve.seekers": approximate(f"people who wrote: {_READERS}"),
        "selfserve.article_": _NO_ARTICLES,
        "selfserve.bot_": _NO_BOT,
        "selfserve.share_resolved": unavailable("Request Tracker has neither a bot nor counted articles."),
        "human.first_response_office": approximate("by the office hours of the configuration, not those of the site"),
        **each(("human.csat", "selfserve.bot_csat"), _NO_RATINGS),
        **each(
            ("human.direct", "human.after_selfserve"), unavailable("Request Tracker does not tell who read articles.")
        ),
        "queue.with_bot": _NO_BOT,
        "queue.on_duty": unavailable("Request Tracker does not tell who is at work."),
    },
    feeds={
        "tickets": (
            *("human.", "selfserve.seekers", "queue.open", "queue.unassigned", "queue.waiting", "queue.snoozed"),
            *("queue.oldest_wait", "queue.median_wait", "queue.arrivals_1h", "queue.closes_1h"),
        ),
    },
)
