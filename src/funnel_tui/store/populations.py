"""The named sets of rows that numbers count, and the same sets behind a drill-down: each is said once, here.

A population is a table, the moment that places its rows in a period, and a condition. `:as_of` is the moment of
knowledge; rows later than it never reach a population (`asof` sees to that), except what time alone brings about.
"""

from dataclasses import dataclass

DAY = 86_400

_FROM = {
    "episode": "episode e",
    "close": "close c JOIN episode e ON e.eid = c.eid",
    "resolution": "resolution r JOIN episode e ON e.eid = r.eid",
    "asked": "asked q JOIN episode e ON e.eid = q.eid",
    "wait": "wait w JOIN episode e ON e.eid = w.eid",
    "outbound": "outbound o",
    "article_view": "article_view v",
}

_BOT_ONLY = "(e.replies = 0 AND e.involved_at IS NOT NULL)"
_CLOSED = "e.closed_at <= :as_of"
_OPEN = "ifnull(e.closed_at > :as_of, 1)"
_STANDING = (
    "e.answered_at IS NOT NULL AND e.handoff_at IS NULL AND e.replies = 0 AND e.unanswered_since IS NULL"
    f" AND ifnull(e.bot_resolved_at > :as_of, 1) AND e.last_answer_at > :as_of - {DAY}"
)
_VIEWED_BEFORE = (
    "EXISTS (SELECT 1 FROM article_view v WHERE v.wid = e.wid AND v.viewer = e.viewer"
    f" AND v.at BETWEEN e.start - {DAY} AND e.start)"
)
_FIRST_ASKED = "NOT EXISTS (SELECT 1 FROM asked x WHERE x.eid = q.eid AND x.at >= :start AND x.at < q.at)"
"""An episode that was asked twice in the period counts once."""
_INBOUND = "e.start IS NOT NULL AND NOT e.outbound"


@dataclass(frozen=True, slots=True)
class Population:
    table: str
    at: str | None
    """The column that places a row in a period; None for the queue, which has no period."""
    where: str = "1"
    value: str = "1"
    """What one row adds: 1 for a count, seconds for a time, a score for a rating."""

    @property
    def source(self) -> str:
        return _FROM[self.table]

    @property
    def alias(self) -> str:
        return self.source.split()[1] if self.table in ("outbound", "article_view") else "e"


POPULATIONS: dict[str, Population] = {
    # proactive
    "delivered": Population("outbound", "o.delivered_at"),
    "opened": Population("outbound", "o.delivered_at", "o.opened_at <= :as_of"),
    "clicked": Population("outbound", "o.delivered_at", "o.clicked_at <= :as_of"),
    "replied": Population("outbound", "o.delivered_at", "o.replied_at <= :as_of"),
    "unopened_young": Population(
        "outbound", "o.delivered_at", f"ifnull(o.opened_at > :as_of, 1) AND o.delivered_at > :as_of - {DAY}"
    ),
    "bounced": Population("outbound", "o.bounced_at"),
    # self-serve
    "begun": Population("episode", "e.begun_at"),
    "started": Population("episode", "e.start"),
    "sought": Population("episode", "e.start", "NOT e.outbound"),
    "article_views": Population("article_view", "v.at"),
    "bot_involved": Population("episode", "e.start", "e.involved_at IS NOT NULL"),
    "bot_answered": Population("episode", "e.start", "e.answered_at IS NOT NULL"),
    "bot_pending": Population("episode", "e.start", _STANDING),
    "bot_judged": Population("episode", "e.start", f"e.answered_at IS NOT NULL AND NOT ({_STANDING})"),
    "bot_resolved": Population("episode", "e.start", "e.bot_resolved_at <= :as_of"),
    "bot_confirmed": Population("episode", "e.start", "e.bot_resolved_at <= :as_of AND e.bot_confirmed"),
    "bot_assumed": Population("episode", "e.start", "e.bot_resolved_at <= :as_of AND NOT e.bot_confirmed"),
    "bot_handed_off": Population("episode", "e.start", "e.handoff_at IS NOT NULL"),
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
        "episode", "e.reached_at", f"{_INBOUND} AND (ifnull(e.answered_at <= e.reached_at, 0) OR {_VIEWED_BEFORE})"
    ),
    "direct": Population(
        "episode", "e.reached_at", f"{_INBOUND} AND NOT (ifnull(e.answered_at <= e.reached_at, 0) OR {_VIEWED_BEFORE})"
    ),
    "resolved": Population("episode", "e.closed_at", "e.replies > 0"),
    "one_touch": Population("episode", "e.closed_at", "e.replies = 1 AND NOT e.reopened"),
    "reassigned": Population("episode", "e.closed_at", "e.replies > 0 AND e.reassigned > 0", "e.reassigned"),
    "replies": Population("episode", "e.closed_at", "e.replies > 0", "e.replies"),
    "switches": Population("episode", "e.closed_at", "e.replies > 0", "e.switches"),
    "time_to_close": Population(
        "episode", "e.closed_at", "e.replies > 0 AND e.start IS NOT NULL", "e.closed_at - e.start"
    ),
    "closed_unanswered": Population("episode", "e.closed_at", "e.replies = 0 AND e.answered_at IS NULL"),
    "closes": Population("close", "c.at", "e.replies > 0"),
    "reopened": Population("close", "c.at", "e.replies > 0 AND c.withdrawn_at IS NOT NULL"),
    "first_response": Population(
        "episode", "e.first_reply_at", "e.response_start IS NOT NULL", "e.first_reply_at - e.response_start"
    ),
    "first_response_felt": Population(
        "episode", "e.first_reply_at", "e.start IS NOT NULL", "e.first_reply_at - e.start"
    ),
    "response": Population("wait", "w.end", "1", "w.end - w.start"),
    "rated": Population("episode", "e.rated_at", f"NOT {_BOT_ONLY}"),
    "rated_good": Population("episode", "e.rated_at", f"NOT {_BOT_ONLY} AND e.rating >= 4"),
    "asked": Population("asked", "q.at", f"{_FIRST_ASKED} AND NOT {_BOT_ONLY}"),
    "asked_rated": Population("asked", "q.at", f"{_FIRST_ASKED} AND NOT {_BOT_ONLY} AND e.rating IS NOT NULL"),
    # the queue
    "queue_open": Population("episode", None, f"{_OPEN} AND e.state = 'open'"),
    "queue_unassigned": Population("episode", None, f"{_OPEN} AND e.state = 'open' AND e.assignee IS NULL"),
    "queue_waiting": Population("episode", None, f"{_OPEN} AND e.state = 'open' AND e.wait_since IS NOT NULL"),
    "queue_waits": Population(
        "episode",
        None,
        f"{_OPEN} AND e.state = 'open' AND e.wait_since IS NOT NULL",
        ":as_of - e.wait_since",
    ),
    "queue_snoozed": Population("episode", None, f"{_OPEN} AND e.state = 'snoozed'"),
    "queue_with_bot": Population("episode", None, f"{_OPEN} AND e.state = 'with_bot'"),
}
