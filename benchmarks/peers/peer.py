"""The list of figures as SQL over facts: what SQLite and DuckDB say alike. How each takes middles is its own."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.peers.question import COUNTED_APART, TIMED, Answer, Question, Span
from benchmarks.world import TEAMS

Rows = Sequence[tuple[object, ...]]


@dataclass(frozen=True)
class Dated:
    """Rows of a source, the column that dates them, and what makes them count."""

    source: str
    at: str
    where: str = "1 = 1"
    value: str = "1"


_REPLIED = "e.replies > 0"
_BEGUN = {
    "selfserve.bot_involved": "e.involved_at IS NOT NULL",
    "selfserve.bot_answered": "e.answered_at IS NOT NULL",
    "selfserve.bot_resolved": "e.bot_resolved_at <= $as_of",
}
_INBOUND = "e.start IS NOT NULL AND e.outbound = 0"
_PASSES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("episode e", "e.start", _BEGUN),
    ("episode e", "e.reached_at", {"human.inbound": _INBOUND}),
    (
        "episode e",
        "e.closed_at",
        {"human.resolved": _REPLIED, "human.closed_unanswered": "e.replies = 0 AND e.answered_at IS NULL"},
    ),
    (
        "close c JOIN episode e ON e.eid = c.eid",
        "c.closed_at",
        {"human.reopened": f"{_REPLIED} AND c.withdrawn_at IS NOT NULL"},
    ),
)
_PASSES_APART: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("outbound o", "o.delivered_at", {"proactive.delivered": "1 = 1", "proactive.opened": "o.opened_at <= $as_of"}),
    ("article_view v", "v.viewed_at", {"selfserve.article_views": "1 = 1"}),
)
"""Counts that one pass over a window gives together."""

FIRST = Dated("episode e", "e.first_reply_at", "e.response_start IS NOT NULL", "e.first_reply_at - e.response_start")
TIMES = {
    "human.first_response": FIRST,
    "human.first_response_felt": Dated(
        "episode e", "e.first_reply_at", "e.start IS NOT NULL", "e.first_reply_at - e.start"
    ),
    "human.response": Dated("wait w", "w.ended", "1 = 1", "w.ended - w.begun"),
    "human.time_to_close": Dated(
        "episode e", "e.closed_at", f"{_REPLIED} AND e.start IS NOT NULL", "e.closed_at - e.start"
    ),
}
_SOUGHT = (
    "SELECT e.wid, e.viewer, e.start AS sought_at FROM episode e"
    " WHERE e.start >= $start AND e.start < $until AND e.outbound = 0"
)
_READ = (
    "SELECT v.wid, v.viewer, v.viewed_at AS sought_at FROM article_view v"
    " WHERE v.viewed_at >= $start AND v.viewed_at < $until"
)
_OPEN = "(e.closed_at IS NULL OR e.closed_at > $as_of)"
_WAITING = "e.state = 'open' AND e.wait_since IS NOT NULL"
_QUEUE = {
    "queue.open": "count(*) FILTER (WHERE e.state = 'open')",
    "queue.unassigned": "count(*) FILTER (WHERE e.state = 'open' AND e.assignee IS NULL)",
    "queue.waiting": f"count(*) FILTER (WHERE {_WAITING})",
    "queue.snoozed": "count(*) FILTER (WHERE e.state = 'snoozed')",
    "queue.with_bot": "count(*) FILTER (WHERE e.state = 'with_bot')",
    "queue.oldest_wait": f"max($as_of - e.wait_since) FILTER (WHERE {_WAITING})",
}


class Peer(ABC):
    """Facts in a file of their own, and the list of figures from them."""

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def rows(self, sql: str, params: Mapping[str, object]) -> Rows:
        """A statement's rows. Parameters are written `$name`; those it does not name are not passed."""

    @abstractmethod
    def spread(self, dated: Dated, where: str, params: Mapping[str, object]) -> tuple[int, float | None, float | None]:
        """How many values there are of the rows that pass, their median and 90th percentile."""

    @abstractmethod
    def medians_by(self, key: str, dated: Dated, where: str, params: Mapping[str, object]) -> dict[str, float]:
        """The medians of the values by a column."""

    @abstractmethod
    def by_grain(
        self, dated: Dated, what: str, grains: Sequence[Span], params: Mapping[str, object]
    ) -> dict[int, float]:
        """An aggregate of each grain that has rows; `what` is `count`, `seekers` or `median`."""

    def answer(self, question: Question) -> Answer:
        found: dict[str, float | None] = {}
        for label, span in (("now", question.now), ("previous", question.previous)):
            found.update((f"{label}.{name}", value) for name, value in self._window(question, span).items())
        found.update(self._queue(question))
        found.update(self._series(question))
        if question.team is None:
            where = _inside(FIRST)
            medians = self.medians_by("e.team", FIRST, where, _params(question, question.now))
            found.update((f"team.{team}", medians.get(team)) for team in {**dict.fromkeys(TEAMS), **medians})
        return found

    def _window(self, question: Question, span: Span) -> dict[str, float | None]:
        params = _params(question, span)
        found: dict[str, float | None] = {}
        for source, at, counts in (*_PASSES, *(_PASSES_APART if question.team is None else ())):
            columns = ", ".join(f"count(*) FILTER (WHERE {where})" for where in counts.values())
            where = f"{at} >= $start AND {at} < $until{_team(question)}"
            found.update(
                zip(counts, self.rows(f"SELECT {columns} FROM {source} WHERE {where}", params)[0], strict=True)
            )  # type: ignore[arg-type]
        if question.team is None:
            sql = f"SELECT count(*) FROM (SELECT DISTINCT wid, viewer FROM ({_SOUGHT} UNION ALL {_READ}) x) y"
            found[COUNTED_APART[-1]] = self.rows(sql, params)[0][0]  # type: ignore[assignment]
        for name in TIMED:
            dated = _with_team(TIMES[name]) if question.team else TIMES[name]
            n, median, p90 = self.spread(dated, _inside(dated) + _team(question), params)
            found |= {f"{name}.median": median, f"{name}.p90": p90, f"{name}.median.n": n, f"{name}.p90.n": n}
        return found

    def _queue(self, question: Question) -> dict[str, float | None]:
        params = _params(question, question.now)
        columns, where = ", ".join(_QUEUE.values()), _OPEN + _team(question)
        row = self.rows(f"SELECT {columns} FROM episode e WHERE {where}", params)[0]
        waits = Dated("episode e", "", _WAITING, "$as_of - e.wait_since")
        _, median, _ = self.spread(waits, f"{where} AND {_WAITING}", params)
        return {**dict(zip(_QUEUE, row, strict=True)), "queue.median_wait": median}  # type: ignore[dict-item]

    def _series(self, question: Question) -> dict[str, float | None]:
        team = _team(question)
        resolved = Dated("episode e", "e.closed_at", _REPLIED + team)
        bot = Dated("episode e", "e.start", _BEGUN["selfserve.bot_resolved"] + team)
        inbound = Dated("episode e", "e.reached_at", _INBOUND + team)
        first = Dated(FIRST.source, FIRST.at, FIRST.where + team, FIRST.value)
        sought = Dated(f"({_SOUGHT} UNION ALL {_READ}) x", "x.sought_at")
        asked = (
            ("month", "human_resolved", resolved, "count", 0),
            ("month", "bot_resolved", bot, "count", 0),
            *(() if question.team else (("month", "seekers", sought, "seekers", 0),)),
            ("day", "human_resolved", resolved, "count", 0),
            ("day", "inbound", inbound, "count", 0),
            ("day", "first_response", first, "median", None),
        )
        found: dict[str, float | None] = {}
        for grain, name, dated, what, none in asked:
            grains = question.months if grain == "month" else question.days
            params = _params(question, (grains[0][0], grains[-1][1]))
            values = self.by_grain(dated, what, grains, params)
            found.update((f"{grain}.{i}.{name}", values.get(i, none)) for i in range(len(grains)))
        return found


def _params(question: Question, span: Span) -> dict[str, object]:
    return {"as_of": question.as_of, "start": span[0], "until": span[1], "team": question.team}


def _inside(dated: Dated) -> str:
    return f"{dated.at} >= $start AND {dated.at} < $until AND {dated.where}"


def _team(question: Question) -> str:
    return " AND e.team = $team" if question.team else ""


def _with_team(dated: Dated) -> Dated:
    """The same rows with their episode beside them, which knows the team."""
    if dated.source == "episode e":
        return dated
    return Dated(f"{dated.source} JOIN episode e ON e.eid = w.eid", dated.at, dated.where, dated.value)
