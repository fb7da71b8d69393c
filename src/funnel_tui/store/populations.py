"""The named sets of rows that numbers count, and the same sets behind a drill-down: each is said once, here.

A population is a table, the moment that places its rows in a period, and a condition. `:as_of` is the moment of
knowledge; rows later than it never reach a population (`asof` sees to that), except what time alone brings about.

`LEDGER` says which of them are summed by day in the ledger.
"""

from dataclasses import dataclass
from itertools import pairwise

DAY = 86_400

_FROM = {
    "episode": "{p}episode e",
    "close": "{p}close c CROSS JOIN {p}episode e ON e.eid = c.eid",
    "resolution": "{p}episode e CROSS JOIN {p}resolution r ON r.cid = e.cid AND r.eid = e.eid",
    "asked": "{p}asked q CROSS JOIN {p}episode e ON e.eid = q.eid",
    "wait": "{p}wait w CROSS JOIN {p}episode e ON e.eid = w.eid",
    "waiting": "{p}waiting u CROSS JOIN {p}episode e ON e.eid = u.eid",
    "outbound": "main.outbound o",
    "article_view": "{p}article_view v",
}
"""The tables of rows, placed by their own moment first; `{p}` is `main.` or where the rows of an earlier moment are."""

_BOT_ONLY = "(e.replies = 0 AND e.involved_at IS NOT NULL)"
_OPEN = "ifnull(e.closed_at > :as_of, 1)"
_STANDING = (
    "e.answered_at IS NOT NULL AND e.handoff_at IS NULL AND e.replies = 0 AND e.unanswered_since IS NULL"
    f" AND ifnull(e.bot_resolved_at > :as_of, 1) AND ifnull(e.last_answer_at > :as_of - {DAY}, 0)"
)
_SERVED_ITSELF = "(ifnull(e.bot_first AND e.answered_at <= e.reached_at, 0) OR e.first_view IS NOT NULL)"
"""A bot's answer in the episode before the team, or an article viewed in the 24 h before it."""
_INBOUND = "e.start IS NOT NULL AND NOT e.outbound"
_BOT_STANDS = (
    "e.last_answer_at IS NOT NULL AND e.unanswered_since IS NULL AND e.handoff_at IS NULL"
    f" AND e.last_answer_at > :as_of - {DAY}"
)
_BOT_ONLY_SO_FAR = "e.bot_first AND e.reached_at IS NULL"
_QUEST = (
    f"(e.first_view IS NOT NULL) * 12 + e.bot_first * 6 + CASE WHEN {_BOT_ONLY_SO_FAR} AND e.bot_resolved_at <= :as_of"
    f" THEN 0 WHEN {_BOT_ONLY_SO_FAR} AND {_BOT_STANDS} THEN 1 WHEN {_BOT_ONLY_SO_FAR} AND {_OPEN} THEN 2"
    f" WHEN {_OPEN} THEN 3 WHEN e.replies THEN 4 ELSE 5 END"
)
"""Which way an episode's quest took, as a number: `QUEST_PATHS` has the links of each."""


def _quest_path(code: int) -> tuple[tuple[str, str], ...]:
    read, rest = divmod(code, 12)
    bot, end = divmod(rest, 6)
    steps = ["seeking", *(["articles"] if read else []), *(["bot"] if bot else [])]
    if end < 3:
        steps.append(("bot_resolved", "pending", "in_progress")[end])
    else:
        steps += ["team", ("in_progress", "team_resolved", "closed_unanswered")[end - 3]]
    return tuple(pairwise(steps))


QUEST_PATHS = {f"quest_{code}": _quest_path(code) for code in range(24) if code % 12 >= 6 or code % 6 >= 3} | {
    "silent_resolved": (("seeking", "articles"), ("articles", "article_resolved")),
    "silent_pending": (("seeking", "articles"), ("articles", "pending")),
}
"""The links that each population of quests runs through, from where it began to where it ended."""


QUEST_AT = "ifnull(e.first_view, e.start)"
"""When the quest of an episode began: with the first article view in the 24 h before it, or with itself."""

_UNSAID = "e.handoff_at = e.first_reply_at AND e.response_start IS NOT e.first_reply_at"
"""A human replied and nobody had said a hand-off: else the clock of the response would have started with it."""
_HANDOFF = (
    "CASE WHEN e.handoff_at IS NULL THEN NULL WHEN e.handoff_at > e.first_reply_at OR e.handoff_at < e.start THEN 5"
    f" WHEN {_UNSAID} THEN CASE WHEN e.response_start IS NULL THEN 4 ELSE 3 END"
    " WHEN ifnull(e.answered_at > e.handoff_at, 1) THEN 0 WHEN e.unanswered_since <= e.handoff_at THEN 1 ELSE 2 END"
)
HANDOFFS = (
    "handoff_no_answer", "handoff_asked_again", "handoff_answered", "handoff_left", "handoff_stepped_in",
    "handoff_unclear",
)  # fmt: skip
"""Why the bot's episodes went to the team, as far as their facts tell; each that was handed off is in one of these.
The bot said so before any answer, when it was asked again, or after an answer; it left the customer unanswered until a
human replied; a human replied while its answer stood; or a teammate was in it first, so that nobody knows."""


@dataclass(frozen=True, slots=True)
class Population:
    table: str
    at: str | None
    """The column that places a row in a period; None for the queue, which has no period."""
    where: str = "1"
    value: str = "1"
    """What one row adds: 1 for a count, seconds for a time, a moment for what is counted by its age."""
    before: str | None = None
    """Rows count only where this moment, of the same person or episode, lies before the window: distinct ones."""
    young: str | None = None
    """The date column of rows that count in the 24 h before the as-of moment only."""
    code: tuple[str, int] | None = None
    """The condition once more as a number to compare, where several populations share one expression."""

    def source(self, prefix: str = "main.") -> str:
        return _FROM[self.table].format(p=prefix)

    @property
    def alias(self) -> str:
        return {"outbound": "o", "article_view": "v"}.get(self.table, "e")

    @property
    def hidden(self) -> str:
        """The condition on stored rows that rows of an earlier moment stand in front of."""
        if self.table == "outbound":
            return "1"
        if self.table == "article_view":
            return "v.vid NOT IN (SELECT vid FROM temp.later_view)"
        return "e.cid NOT IN (SELECT cid FROM temp.later)"

    @property
    def placed(self) -> str:
        """The condition that places a row in the window, in a form that finds an index."""
        if self.at is None:
            # The plus: those that are not closed are few, those that have begun are nearly all.
            return "(e.closed_at IS NULL OR e.closed_at > :as_of) AND +e.begun_at <= :as_of"
        if self.at == QUEST_AT:
            return (
                f"e.start >= :start AND e.start < :until + {DAY} AND e.start <= :as_of"
                f" AND {self.at} >= :start AND {self.at} < :until"
            )
        if self.young is not None:
            return f"{self.young} > max(:start - 1, :as_of - {DAY}) AND {self.young} < :until"
        return f"{self.at} >= :start AND {self.at} < :until"

    @property
    def counted(self) -> str:
        """The whole condition on a row beyond its place."""
        return self.where if self.before is None else f"{self.where} AND ifnull({self.before} < :start, 1)"


POPULATIONS: dict[str, Population] = {
    # proactive
    "delivered": Population("outbound", "o.delivered_at"),
    "opened": Population("outbound", "o.delivered_at", "o.opened_at <= :as_of"),
    "clicked": Population("outbound", "o.delivered_at", "o.clicked_at <= :as_of"),
    "replied": Population("outbound", "o.delivered_at", "o.replied_at <= :as_of"),
    "unopened_young": Population(
        "outbound", "+o.delivered_at", "ifnull(o.opened_at > :as_of, 1)", young="o.delivered_at"
    ),
    "judged": Population(
        "outbound", "o.delivered_at", f"NOT (ifnull(o.opened_at > :as_of, 1) AND o.delivered_at > :as_of - {DAY})"
    ),
    "bounced": Population("outbound", "o.bounced_at"),
    # self-serve
    "begun": Population("episode", "e.begun_at"),
    "started": Population("episode", "e.start"),
    "sought": Population("episode", "e.start", "NOT e.outbound"),
    "sought_first": Population("episode", "e.start", "NOT e.outbound", before="e.prev_seek"),
    "viewed_first": Population("article_view", "v.at", before="v.prev_seek"),
    "article_views": Population("article_view", "v.at"),
    "article_viewers": Population("article_view", "v.at", before="v.prev_view"),
    "article_writers": Population("article_view", "v.at", "v.followed", before="v.prev_followed"),
    "silent_resolved": Population("article_view", "v.at", f"v.silent_until <= :as_of - {DAY}"),
    "silent_pending": Population("article_view", "v.at", f"v.silent_until > :as_of - {DAY}"),
    **{
        name: Population("episode", QUEST_AT, f"e.start <= :as_of AND ({_QUEST}) = {code}", code=(_QUEST, code))
        for name, code in ((name, int(name.rpartition("_")[2])) for name in QUEST_PATHS if name.startswith("quest_"))
    },
    "bot_involved": Population("episode", "e.start", "e.involved_at IS NOT NULL"),
    "bot_answered": Population("episode", "e.start", "e.answered_at IS NOT NULL"),
    "bot_pending": Population("episode", "e.start", _STANDING),
    "bot_judged": Population("episode", "e.start", f"e.answered_at IS NOT NULL AND NOT ({_STANDING})"),
    "bot_resolved": Population("episode", "e.start", "e.bot_resolved_at <= :as_of"),
    "bot_confirmed": Population("episode", "e.start", "e.bot_resolved_at <= :as_of AND e.bot_confirmed"),
    "bot_assumed": Population("episode", "e.start", "e.bot_resolved_at <= :as_of AND NOT e.bot_confirmed"),
    "bot_handed_off": Population("episode", "e.start", "e.handoff_at IS NOT NULL"),
    **{
        name: Population("episode", "e.start", f"({_HANDOFF}) = {code}", code=(_HANDOFF, code))
        for code, name in enumerate(HANDOFFS)
    },
    "resolutions_aged": Population("resolution", "e.start", f"r.at <= :as_of - {7 * DAY}"),
    "resolutions_durable": Population(
        "resolution", "e.start", f"r.at <= :as_of - {7 * DAY} AND ifnull(r.returned_at - r.at > {7 * DAY}, 1)"
    ),
    "bot_rated": Population("episode", "e.rated_at", _BOT_ONLY),
    "bot_rated_good": Population("episode", "e.rated_at", f"{_BOT_ONLY} AND e.rating >= 4"),
    # human
    "arrived": Population("episode", "e.reached_at"),
    "inbound": Population("episode", "e.reached_at", _INBOUND),
    "after_selfserve": Population(
        "episode",
        "e.reached_at",
        f"{_INBOUND} AND {_SERVED_ITSELF}",
    ),
    "direct": Population(
        "episode",
        "e.reached_at",
        f"{_INBOUND} AND NOT {_SERVED_ITSELF}",
    ),
    "resolved": Population("episode", "e.closed_at", "e.replies > 0"),
    "one_touch": Population("episode", "e.closed_at", "e.replies = 1 AND NOT e.reopened"),
    "reassigned": Population("episode", "e.closed_at", "e.replies > 0 AND e.reassigned > 0", "e.reassigned"),
    "replies": Population("episode", "e.closed_at", "e.replies > 0", "e.replies"),
    "replies_squared": Population("episode", "e.closed_at", "e.replies > 0", "e.replies * e.replies"),
    "switches": Population("episode", "e.closed_at", "e.replies > 0", "e.switches"),
    "switches_squared": Population("episode", "e.closed_at", "e.replies > 0", "e.switches * e.switches"),
    "time_to_close": Population(
        "episode", "e.closed_at", "e.replies > 0 AND e.start IS NOT NULL", "e.closed_at - e.start"
    ),
    "closed_unanswered": Population("episode", "e.closed_at", "e.replies = 0 AND e.answered_at IS NULL"),
    "closes": Population("close", "c.at", "e.replies > 0"),
    "reopened": Population("close", "c.at", "e.replies > 0 AND c.withdrawn_at IS NOT NULL"),
    "first_response": Population(
        "episode", "e.first_reply_at", "e.response_start IS NOT NULL", "e.first_reply_at - e.response_start"
    ),
    "first_response_office": Population(
        "episode", "e.first_reply_at", "e.response_start IS NOT NULL", "e.response_start"
    ),
    "first_response_felt": Population(
        "episode", "e.first_reply_at", "e.start IS NOT NULL", "e.first_reply_at - e.start"
    ),
    "response": Population("wait", "w.end", "1", "w.end - w.start"),
    "rated": Population("episode", "e.rated_at", f"NOT {_BOT_ONLY}"),
    "rated_good": Population("episode", "e.rated_at", f"NOT {_BOT_ONLY} AND e.rating >= 4"),
    "asked": Population("asked", "q.at", f"NOT {_BOT_ONLY}", before="q.prev"),
    "asked_rated": Population("asked", "q.at", f"NOT {_BOT_ONLY} AND e.rating IS NOT NULL", before="q.prev"),
    # the queue
    "waits_begun": Population("waiting", "u.start"),
    "waits_over": Population("waiting", "u.end"),
    "waits_begun_at": Population("waiting", "u.start", "1", "u.start"),
    "waits_over_at": Population("waiting", "u.end", "1", "u.end"),
    "queue_open": Population("episode", None, f"{_OPEN} AND e.state = 'open'"),
    "queue_unassigned": Population("episode", None, f"{_OPEN} AND e.state = 'open' AND e.assignee IS NULL"),
    "queue_waiting": Population("episode", None, f"{_OPEN} AND e.state = 'open' AND e.wait_since IS NOT NULL"),
    "queue_waits": Population(
        "episode",
        None,
        f"{_OPEN} AND e.state = 'open' AND e.wait_since IS NOT NULL",
        "e.wait_since",
    ),
    "queue_snoozed": Population("episode", None, f"{_OPEN} AND e.state = 'snoozed'"),
    "queue_with_bot": Population("episode", None, f"{_OPEN} AND e.state = 'with_bot'"),
}

SECONDS = frozenset({"first_response", "first_response_felt", "response", "time_to_close"})
"""Populations of times: their values are kept one by one, since a median cannot be summed."""
MOMENTS = frozenset({"queue_waits", "waits_begun_at", "waits_over_at"})
"""Populations whose values are moments."""
OFFICE = frozenset({"first_response_office"})
"""Populations whose values are the office seconds since the moment that `value` gives."""
TRAILED = frozenset({"sought_first", "after_selfserve", "direct", *QUEST_PATHS})
"""What an episode counts for by the trail of its person."""
_NOT_IN_LEDGER = ("begun", "started", "sought", "arrived", "unopened_young", "judged", *HANDOFFS)

LEDGER: tuple[str, ...] = tuple(name for name in POPULATIONS if name not in _NOT_IN_LEDGER)
"""What the ledger keeps; a population's place here is its code there: a change needs another `ledger.VERSION`."""

_BY_SOURCE = 2
_BY_TEAM = 4
REACH: dict[str, int | None] = {
    "sought_first": _BY_SOURCE,  # a person's first in a team is another row
    **dict.fromkeys(("waits_begun", "waits_over", "waits_begun_at", "waits_over_at"), _BY_TEAM),
}
"""Populations that are kept for the first few dimensions only, of: everything, source, team, channel, agent, ..."""
DIMENSIONS = ("", "source", "team", "channel")
"""Those dimensions in their order; "" is everything."""


def kept_one_by_one(name: str) -> bool:
    """Whether the ledger keeps the population's values one by one, sorted, rather than their sum."""
    return name in SECONDS or name in MOMENTS or name in OFFICE
