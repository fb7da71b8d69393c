"""The values of the dimensions that can be filtered by: what they are called, and how a filter tells each apart."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from funnel_tui.store.connected import Connected
from funnel_tui.store.filters import ARTICLE, ASSIGNEE, BETWEEN, CAMPAIGN, NONE, TAG, Part
from funnel_tui.store.populations import POPULATIONS
from funnel_tui.store.scope import Scope

Member = tuple[int, str | None]
"""(workspace, id) of a team or teammate, (0, word) of what means the same everywhere; None: those without one."""

_OF_A_SOURCE = ("team", "agent")
_HOLDERS = {
    CAMPAIGN: (("outbound", "campaign"),),
    ASSIGNEE: (("agent", "id"),),
    ARTICLE: (("article", "id"), ("article_view", "article"), ("article_counter", "article")),
}
"""Where the ids of what only some records have stand."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a dimension as a filter takes it."""

    key: str
    """Its id or word; `source/id` where the id alone could mean another one too."""
    name: str
    """Its display name where a filter takes that for it alone, else the key."""
    label: str
    members: tuple[Member, ...]
    """What the filter lets pass: more than one where only their case differs."""


_Spell = Callable[[int, str], Value]


class Dimensions(Connected):
    def values_of(self, key: str, members: Iterable[Member]) -> list[Value]:
        """Some members of a dimension as filters; what no filter can tell apart is one value."""
        wanted = sorted(set(members), key=lambda member: (member[1] is None, member[0], member[1] or ""))
        spell = self._spelling(key, wanted) if key in _OF_A_SOURCE else self._wording()
        found: dict[str, Value] = {}
        for wid, id in wanted:
            value = Value(NONE, NONE, f"no {key}", ()) if id is None else spell(wid, id)
            value = found.get(value.key.casefold(), value)
            found[value.key.casefold()] = replace(value, members=(*value.members, (wid, id)))
        return list(found.values())

    def _spelling(self, key: str, wanted: Iterable[Member]) -> _Spell:
        names: dict[Member, str] = {
            (wid, id): name
            for wid, id, name in self._all(f"SELECT wid, id, name FROM main.{key} WHERE name IS NOT NULL")
        }
        sources = dict(self._all("SELECT wid, name FROM main.workspace"))
        meant: dict[str, set[Member]] = defaultdict(set)
        for member in self.ever(key).union(wanted):
            for word in (member[1], names.get(member)):
                if word is not None:
                    meant[word.casefold()].add(member)
        meant[NONE].add((0, None))

        def alone(word: str, member: Member) -> bool:
            return meant[word.casefold()] <= {member}

        def spell(wid: int, id: str) -> Value:
            name = names.get((wid, id), id)
            spelt = id if alone(id, (wid, id)) else f"{sources.get(wid)}{BETWEEN}{id}"
            return Value(spelt, name if alone(name, (wid, id)) else spelt, name, ())

        return spell

    def _wording(self) -> _Spell:
        words = {text.casefold(): text for (text,) in self._all("SELECT text FROM main.word ORDER BY number DESC")}

        def spell(_: int, word: str) -> Value:
            said = words.get(word.casefold(), word)
            return Value(said, said, said, ())

        return spell

    def ever(self, key: str) -> set[Member]:
        """All that the cache has seen of a dimension, whatever the period."""
        if key == "source":
            return {(0, name) for (name,) in self._all("SELECT name FROM main.workspace")}
        wide = key in _OF_A_SOURCE
        found: set[Member] = set(self._all(f"SELECT wid, id FROM main.{key}")) if wide else set()
        if self._balances is not None:
            parts = self._balances.parts.of(key)
            found |= {(wid if wide else 0, value) for _, wid, value in parts if value is not None}
        return found

    def begun_by(self, scope: Scope) -> dict[str, Mapping[Member, int]]:
        """By key: how many conversations with an episode begun in the window have each member. One with two tags, or
        with two agents in two episodes, counts for both."""
        population = POPULATIONS["begun"]
        sources = dict(self._all("SELECT wid, name FROM main.workspace"))
        agents: Counter[Member] = Counter()
        tags: Counter[Member] = Counter()
        conversations = {}
        for prefix, hidden in self._passes(population):
            params = self._params(scope)
            rows = f"FROM {population.source(prefix)}"
            where = f"WHERE {population.placed} AND {hidden} AND {scope.where('e', params)}"
            for cid, wid, agent, *rest in self._all(
                f"SELECT DISTINCT e.cid, e.wid, e.agent, e.team, fold(e.channel), fold(e.origin) {rows} {where}",
                params,
            ):
                agents[wid, agent] += 1
                conversations[cid] = (wid, *rest)
            tagged = f"SELECT DISTINCT e.cid, fold(g.tag) {rows} LEFT JOIN {prefix}tag g ON g.cid = e.cid {where}"
            tags.update((0, tag) for _, tag in self._all(tagged, params))
        each = Counter(conversations.values()).items()
        found: dict[str, Counter[Member]] = {"agent": agents, "tag": tags}
        for (wid, team, channel, origin), count in each:
            members = {"team": (wid, team), "channel": (0, channel), "source": (0, sources[wid]), "origin": (0, origin)}
            for key, member in members.items():
                found.setdefault(key, Counter())[member] += count
        return dict(found)

    def exactly(self, key: str, value: str) -> list[Part]:
        """The parts that a campaign's, article's or teammate's id stands for: one for each source that has it;
        `source/id` is one source's own. A tag is one."""
        if value == NONE:
            return [Part(key, None)]
        if key == TAG:
            return [Part(key, value.casefold())]
        wids: set[int] = set()
        for table, column in _HOLDERS[key]:
            wids.update(wid for (wid,) in self._all(f"SELECT DISTINCT wid FROM {table} WHERE {column} = ?", (value,)))
        if wids:
            return [Part(key, value, wid) for wid in sorted(wids)]
        source, _, id = value.partition(BETWEEN)
        rows = self._all("SELECT wid FROM workspace WHERE fold(name) = ?", (source.casefold(),))
        return [Part(key, id, wid) for (wid,) in rows if id]
