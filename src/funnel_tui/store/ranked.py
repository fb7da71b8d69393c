"""Populations summed for each value of a dimension at once, and what the values are called.

As everywhere, whole days come from the ledger where it keeps them; the rest is one pass over the facts, in groups.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from funnel_tui.store.counting import Counting, summed, together
from funnel_tui.store.filters import ARTICLE, CAMPAIGN, Part
from funnel_tui.store.populations import DAY, POPULATIONS, REACH, Population, kept_one_by_one
from funnel_tui.store.postings import CODE
from funnel_tui.store.scope import Scope

OF_A_WORKSPACE = frozenset({"team", "agent", CAMPAIGN, ARTICLE})
"""Keys whose values are ids of one workspace; the others are words that mean the same everywhere."""

Sums = dict[Part, list[float]]


@dataclass(frozen=True, slots=True)
class Readers:
    """Viewers of articles, or of one of them, in a window: each person or session once."""

    viewers: int
    wrote: int
    """Started a conversation within 24 h of one of their views."""
    undecided: int
    """Did not, but looked less than 24 h ago."""
    views: int
    undecided_views: int


class Ranked(Counting):
    def sums_by_part(self, names: Sequence[str], scope: Scope, key: str, only: Collection[Part] | None = None) -> Sums:
        """The sums of some populations of rows (none of them of distinct ones, nor of the queue) for each value that
        their rows have in a dimension, those without one included; or for some of them `only`, where it is quicker."""
        return self._by_part(names, scope, key, self._numbered(scope, key, only))

    def counts_by_part(
        self, name: str, scope: Scope, key: str, parts: Collection[Part], steps: Sequence[tuple[int, int]]
    ) -> dict[Part, list[float]]:
        """The sums of one population in each step of time, for some values of a dimension."""
        found: dict[Part, list[float]] = {part: [0.0] * len(steps) for part in parts}
        numbers = self._numbered(scope, key, found.keys())
        for place, (start, end) in enumerate(steps):
            step = replace(scope, start=start, end=end)
            for part, (amount,) in self._by_part([name], step, key, numbers).items():
                if part in found:
                    found[part][place] = amount
        return found

    def _numbered(self, scope: Scope, key: str, only: Collection[Part] | None) -> list[tuple[int, Part]] | None:
        """The ledger's numbers of the values of a dimension; None where it does not have the scope by them."""
        if self._balances is None or scope.keys:
            return None
        parts = [(number, _part(key, wid, value)) for number, wid, value in self._balances.parts.of(key)]
        return parts if only is None else [(number, part) for number, part in parts if part in only]

    def _by_part(
        self, names: Sequence[str], scope: Scope, key: str, numbers: Sequence[tuple[int, Part]] | None
    ) -> Sums:
        found: Sums = defaultdict(lambda: [0.0] * len(names))
        book = None if numbers is None else self._book(scope)
        kept = [name for name in names if book is not None and _in_ledger(name)]
        if book is not None and numbers is not None and kept:
            places = [names.index(name) for name in kept]
            for number, part in numbers if book.cut.whole else ():
                sums = book.balances.sums(kept, [number], book.cut.first, book.cut.last)
                if any(sums):
                    row = found[part]
                    for place, amount in zip(places, sums, strict=True):
                        row[place] += amount
            for start, end in book.cut.edges:
                self._add(found, names, kept, scope, key, (start, min(end, scope.as_of + 1)))
        rest = [name for name in names if name not in kept]
        if rest:
            self._add(found, names, rest, scope, key, (scope.start, scope.until))
        return dict(found)

    def labels(self, key: str, scope: Scope) -> dict[Part, str]:
        """What the values of a dimension are called; not in it: those that have no name but themselves."""
        if key == CAMPAIGN:
            params = self._params(scope)
            named = "SELECT o.wid, o.campaign, o.campaign_name FROM main.outbound o WHERE o.campaign IS NOT NULL AND"
            rows = self._all(
                f"SELECT wid, campaign, max(campaign_name) FROM ({named} o.delivered_at >= :start"
                f" AND o.delivered_at < :until UNION ALL {named} o.bounced_at >= :start AND o.bounced_at < :until)"
                " GROUP BY wid, campaign",
                params,
            )
        elif key == ARTICLE:
            rows = self._all("SELECT wid, id, title FROM main.article")
        elif key in ("team", "agent"):
            rows = self._all(f"SELECT wid, id, name FROM main.{key}")
        else:
            words = self._all("SELECT text FROM main.word ORDER BY number DESC")
            rows = [(None, text.casefold(), text) for (text,) in words]
        return {Part(key, value, wid): name for wid, value, name in rows if name}

    def first_deliveries(self, scope: Scope, campaigns: Collection[Part]) -> dict[Part, int]:
        """When the first message of each of some campaigns was delivered in the window; without those that had none."""
        params = self._params(scope)
        where = f"o.delivered_at >= :start AND o.delivered_at < :until AND {scope.where('o', params)}"
        names = {f"c{place}": part.value for place, part in enumerate(campaigns)}
        rows = self._all(
            f"SELECT o.wid, o.campaign, min(o.delivered_at) FROM main.outbound o WHERE {where}"
            f" AND o.campaign IN ({', '.join(f':{name}' for name in names)}) GROUP BY 1, 2",
            params | names,
        )
        found = {Part(CAMPAIGN, campaign, wid): int(at) for wid, campaign, at in rows}
        return {part: found[part] for part in campaigns if part in found}

    def sources(self) -> dict[int, str]:
        """The names of the workspaces by the number that parts have."""
        return dict(self._all("SELECT wid, name FROM main.workspace"))

    def readers_by_article(self, scope: Scope) -> dict[Part, Readers]:
        """The readers of each article that was viewed in the window."""
        views = POPULATIONS["article_views"]
        params = self._params(scope) | {"young": scope.as_of - DAY}
        found: dict[Part, Readers] = {}
        for prefix, hidden in self._passes(views):  # all views of a person are in one of them
            rows = self._all(
                "SELECT wid, article, count(*), sum(wrote), sum(NOT wrote AND last > :young), sum(views),"
                " total(CASE WHEN NOT wrote AND last > :young THEN views END) FROM"
                " (SELECT v.wid, v.article, max(v.followed) AS wrote, max(v.at) AS last, count(*) AS views"
                f" FROM {views.source(prefix)} WHERE {views.placed} AND {hidden} AND {scope.where('v', params)}"
                " GROUP BY v.wid, v.article, v.viewer) GROUP BY wid, article",
                params,
            )
            for wid, article, *counts in rows:
                part = Part(ARTICLE, article, wid)
                before = found.get(part, Readers(0, 0, 0, 0, 0))
                viewers, wrote, undecided, seen, undecided_views = (int(count) for count in counts)
                found[part] = Readers(
                    before.viewers + viewers,
                    before.wrote + wrote,
                    before.undecided + undecided,
                    before.views + seen,
                    before.undecided_views + undecided_views,
                )
        return found

    def _add(
        self, found: Sums, names: Sequence[str], some: Sequence[str], scope: Scope, key: str, span: tuple[int, int]
    ) -> None:
        """Add what the facts say of some of the populations in a stretch of the scope."""
        for group, first in together(some):
            places = [names.index(name) for name in group]
            for part, sums in self._grouped(group, first, scope, key, span):
                for place, amount in zip(places, sums, strict=True):
                    found[part][place] += amount or 0

    def _grouped(
        self, group: Sequence[str], first: Population, scope: Scope, key: str, span: tuple[int, int]
    ) -> Iterator[tuple[Part, list[float | None]]]:
        params = self._params(scope) | {"since": span[0], "until": span[1]}
        where = f"{first.placed.replace(':start', ':since')} AND {scope.where(first.alias, params)}"
        columns = ", ".join(summed(POPULATIONS[name]) for name in group)
        for prefix, hidden in self._passes(first):
            by, joined = _dimension(key, first.alias, prefix)
            for wid, value, *sums in self._all(
                f"SELECT {by}, {columns} FROM {first.source(prefix)} {joined} WHERE {where} AND {hidden} GROUP BY 1, 2",
                params,
            ):
                if any(sums):
                    yield _part(key, wid, value), sums


def _in_ledger(name: str) -> bool:
    """Whether the ledger has the sums of a population by every dimension."""
    population = POPULATIONS[name]
    summable = not kept_one_by_one(name) and population.at is not None and population.before is None
    return name in CODE and summable and name not in REACH


def _part(key: str, wid: int | None, value: str | None) -> Part:
    return Part(key, value, wid if value is not None and key in OF_A_WORKSPACE else None)


def _dimension(key: str, alias: str, prefix: str) -> tuple[str, str]:
    """The (workspace, value) columns of a dimension, and what has to be joined for them."""
    if key == "tag":  # a conversation that has a tag in two spellings has it once
        other = f"SELECT 1 FROM {prefix}tag h WHERE h.cid = g.cid AND h.tag < g.tag AND fold(h.tag) = fold(g.tag)"
        return "NULL, fold(g.tag)", f"LEFT JOIN {prefix}tag g ON g.cid = {alias}.cid AND NOT EXISTS ({other})"
    if key in OF_A_WORKSPACE:
        return f"{alias}.wid, {alias}.{key}", ""
    return f"NULL, fold({alias}.{key})", ""
