"""One page of records on its way into the cache, inside the writer's transaction.

Records go to their tables; conversations whose events or attributes changed are remembered and their facts replaced
once, at the end, so that the cost of a page follows what it changed. What changes is taken out of the ledger before and
posted after.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from functools import singledispatchmethod

from funnel_tui.model.records import (
    Agent,
    Article,
    ArticleCounter,
    ArticleView,
    CardView,
    ChatGone,
    ChatThread,
    Conversation,
    Event,
    Kind,
    Outbound,
    Record,
    Team,
    Thread,
)
from funnel_tui.store import codec, facts, trails
from funnel_tui.store.chats import Chats
from funnel_tui.store.ledger import Ledger
from funnel_tui.store.loose import Loose
from funnel_tui.store.people import Ties, person_behind, person_key, viewer_key
from funnel_tui.store.words import Words

_OUTLIVES_A_REREAD = frozenset({Kind.DELETED, Kind.RESTORED, Kind.SPAM, Kind.MERGED_INTO})
_RATINGS = frozenset({Kind.RATED, Kind.RATING_REQUESTED})

_TOLD = "channel, came_team, subject, own_tags, person, session, site, url, origin"
"""What a record says of its conversation, as it is stored."""
_MARKS = ", ".join("?" * len(_TOLD.split(", ")))
_NOTHING = (None,) * len(_TOLD.split(", "))
_PERSON, _SESSION = 4, 5


def _outlives_a_reread(event: Event) -> bool:
    """A rating with an id of its own was read apart from its conversation, whose parts do not tell of it."""
    return event.kind in _OUTLIVES_A_REREAD or (event.kind in _RATINGS and event.source_id is not None)


class Batch:
    def __init__(
        self,
        connection: sqlite3.Connection,
        wid: int,
        reopen_window: int,
        ledger: Ledger,
        now: int,
        *,
        any_order: bool = False,
    ) -> None:
        """`any_order`: a conversation may come after its deletion (files); a source has no more to say of it."""
        self._connection = connection
        self._wid = wid
        self._window = reopen_window
        self._any_order = any_order
        self._ties = Ties(connection, wid)
        self._words = Words(connection)
        self._cids: dict[str, int] = {}
        self._threads: dict[int, list[Event]] = {}
        """The events of conversations whose events this page told, as they are stored now."""
        self._single: dict[str, list[Event]] = {}
        """Events that came one by one and still wait for the others of their conversation."""
        self._touched: set[int] = set()
        self._new: set[int] = set()
        """Of them, those that were not known before."""
        self._people: set[int] = set()
        """Whose trails may have changed."""
        self._ledger = ledger
        self._late = ledger.begin(now)
        self._messages: set[int] = set()
        self._chats = Chats(connection, wid, now)
        self._loose = Loose(connection, wid)
        self.changed = 0
        """Rows of the sources' records that were added, replaced or removed."""

    def write(self, records: Iterable[Record]) -> None:
        for record in records:
            self._put(record)
        for id in list(self._single):
            self._add_single(id)
        self.refresh_facts(self._touched)

    @singledispatchmethod
    def _put(self, record: Record) -> None:
        raise TypeError(f"not a record: {record!r}")

    # --- conversations and their events

    @_put.register
    def _conversation(self, record: Conversation) -> None:
        row = (
            self._words.number(record.channel),
            self._words.number(record.team),
            record.subject,
            self._words.numbers(record.tags),
            None if record.person is None else codec.packed(record.person),
            record.session,
            *self._words.address(record.url, record.id),
            self._words.number(record.origin),
        )
        cid = self._known(record.id)
        known: tuple[object, ...] = _NOTHING
        if cid is None:
            cid = self._add(record.id, row)
        else:
            known = self._connection.execute(f"SELECT {_TOLD} FROM talk WHERE cid = ?", (cid,)).fetchone()
            if known != row:
                self._connection.execute(f"UPDATE talk SET ({_TOLD}) = ({_MARKS}) WHERE cid = ?", (*row, cid))
        if known != row:
            self.changed += 1
            self._touched.add(cid)
            claims = {(told[_SESSION], told[_PERSON]) for told in (known, row)}
            for session in {str(session) for session, person in claims if session and person not in (None, "")}:
                self._settle(session)

    @_put.register
    def _event(self, record: Event) -> None:
        if record.kind is Kind.DELETED and not self._any_order and self._known(record.conversation) is None:
            return
        self._cid(record.conversation)
        self._single.setdefault(record.conversation, []).append(record)

    def _add_single(self, id: str) -> None:
        told = self._single.pop(id, None)
        if told is None:
            return
        cid = self._cid(id)
        known = self._events(cid, id)
        now = codec.settled(id, [*known, *told])
        if len(now) > len(known):
            self._keep(cid, now, codec.encode(now), len(now) - len(known))

    @_put.register
    def _thread(self, record: Thread) -> None:
        self._conversation(record.conversation)
        id = record.conversation.id
        self._add_single(id)
        cid = self._cid(id)
        read = codec.settled(id, record.events)
        body = codec.encode(read)
        stored = self._body(cid)
        if body == stored:
            self._threads[cid] = read
            return
        if stored is None:
            self._keep(cid, read, body, len(read))
            return
        known, fresh = codec.decode(id, stored), frozenset(read)
        oldest = read[0].at if read else 0
        older = [
            event
            for event in known
            if event not in fresh and (_outlives_a_reread(event) or not (record.complete or event.at >= oldest))
        ]
        gone = len(known) - len(fresh.intersection(known)) - len(older)
        new = len(fresh.difference(known))
        if gone or new:
            now = codec.settled(id, [*older, *read]) if older else read
            self._keep(cid, now, codec.encode(now), gone + new)

    def _events(self, cid: int, id: str) -> list[Event]:
        """What is stored of a conversation, in the order of its moments."""
        if cid in self._threads:
            return self._threads[cid]
        body = self._body(cid)
        return [] if body is None else codec.decode(id, body)

    def _body(self, cid: int) -> bytes | None:
        row = self._connection.execute("SELECT body FROM thread WHERE cid = ?", (cid,)).fetchone()
        return row[0] if row else None

    def _keep(self, cid: int, events: list[Event], body: bytes, changed: int) -> None:
        """Store the events of a conversation, of which `changed` are new or gone."""
        if not changed:
            return
        self._connection.execute(
            "INSERT INTO thread VALUES (?, ?) ON CONFLICT (cid) DO UPDATE SET body = excluded.body", (cid, body)
        )
        self._threads[cid] = events
        self.changed += changed
        self._touched.add(cid)

    def _settle(self, session: str) -> None:
        """Whose a session is may have changed: what was done in it is somebody else's then."""
        self._people.add(viewer_key(None, session, self._ties.person(session), None, 0))
        self._touched.update(self._ties.settle(session))
        self._people.add(viewer_key(None, session, self._ties.person(session), None, 0))

    def _known(self, id: str) -> int | None:
        if id not in self._cids:
            row = self._connection.execute(
                "SELECT cid FROM talk WHERE wid = ? AND id = ?", (self._wid, codec.packed(id))
            ).fetchone()
            if row is None:
                return None
            self._cids[id] = row[0]
        return self._cids[id]

    def _cid(self, id: str) -> int:
        cid = self._known(id)
        return self._add(id, _NOTHING) if cid is None else cid

    def _add(self, id: str, told: tuple[object, ...]) -> int:
        cursor = self._connection.execute(
            f"INSERT INTO talk (wid, id, {_TOLD}) VALUES (?, ?, {_MARKS})", (self._wid, codec.packed(id), *told)
        )
        cid = self._cids[id] = int(cursor.lastrowid or 0)
        self.changed += 1
        self._touched.add(cid)
        self._new.add(cid)
        return cid

    def refresh_facts(self, cids: Iterable[int]) -> None:
        """Replay the events of these conversations, replace their facts and trails, and post what changed."""
        ledger, connection = self._ledger, self._connection
        late, late_messages, late_views = self._late
        cids = sorted(cids)
        again = set(cids) | late
        ledger.take_out(again - self._new, late_messages - self._messages, late_views)
        people = self._people | self._viewers(cids)
        self.replace_facts(cids)
        people |= self._viewers(cids)
        changes = trails.changes(connection, self._wid, people)
        beside = changes.cids - again
        known = self._posted(changes.views) - late_views
        ledger.take_out((), (), known)
        ledger.take_out_trails(beside)
        changes.store(connection)
        ledger.post_trails(beside)
        ledger.post(again, late_messages | self._messages, late_views | changes.views.keys())
        ledger.end()

    def replace_facts(self, cids: Iterable[int]) -> None:
        """The facts alone, without trails and ledger."""
        cids = list(cids)
        facts.delete(self._connection, [cid for cid in cids if cid not in self._new])
        found: dict[str, list[facts.Row]] = {}
        for cid in cids:
            for table, rows in self._facts_of(cid).items():
                found.setdefault(table, []).extend(rows)
        facts.store(self._connection, found, self._words)

    def _viewers(self, cids: Sequence[int]) -> set[int]:
        """Those of conversations: what they did before and after may follow from these."""
        rows = self._connection.execute(
            "SELECT DISTINCT viewer FROM conversation WHERE cid IN (SELECT value FROM json_each(?))"
            " AND viewer IS NOT NULL",
            (json.dumps(cids),),
        )
        return {viewer for (viewer,) in rows}

    def _posted(self, vids: Iterable[int]) -> set[int]:
        """The views among them that have been posted before."""
        rows = self._connection.execute(
            "SELECT vid FROM article_view WHERE vid IN (SELECT value FROM json_each(?)) AND followed IS NOT NULL",
            (json.dumps(list(vids)),),
        )
        return {vid for (vid,) in rows}

    def _facts_of(self, cid: int) -> dict[str, list[facts.Row]]:
        id, channel, team, own_tags, person, session, origin = self._connection.execute(
            "SELECT id, channel, came_team, own_tags, person, session, origin FROM conversation WHERE cid = ?", (cid,)
        ).fetchone()
        subject = facts.Subject(cid, self._wid, id, channel, team, origin, person, session)
        events = self._events(cid, id)
        derived = facts.replay(subject, events, self._window)
        tied = self._ties.person(session)
        viewer = viewer_key(person, session, tied, derived.person, cid)
        known_as = person_behind(person, session, tied, derived.person)
        if derived.excluded is None and known_as is not None and self._is_agent(known_as):
            derived.excluded, derived.episodes = "teammate", []
        self._connection.execute(
            "UPDATE talk SET excerpt = ?, viewer = ?, first_at = ?, last_at = ?, team = ?, excluded = ? WHERE cid = ?",
            (
                derived.excerpt,
                None if derived.episodes else viewer,
                events[0].at if events else None,
                events[-1].at if events else None,
                None if derived.episodes else self._words.number(derived.team),
                derived.excluded,
                cid,
            ),
        )
        rows = facts.rows(subject, derived, viewer)
        rows["tag"] = [(cid, tag) for tag in sorted(derived.tags | set(json.loads(own_tags or "[]")))]
        return rows

    # --- the rest

    @_put.register
    def _outbound(self, record: Outbound) -> None:
        fresh = (
            record.campaign,
            record.campaign_name,
            record.channel,
            record.person,
            record.delivered_at,
            record.opened_at,
            record.clicked_at,
            record.replied_at,
            record.bounced_at,
        )
        touches = [at for at in (record.opened_at, record.clicked_at, record.replied_at) if at is not None]
        known = self._connection.execute(
            "SELECT rowid, campaign, campaign_name, channel, person, delivered_at, opened_at, clicked_at, replied_at,"
            " bounced_at FROM outbound WHERE wid = ? AND id = ?",
            (self._wid, record.id),
        ).fetchone()
        if known is not None and known[1:] == fresh:
            return
        if known is not None and known[0] not in self._messages:
            self._ledger.take_out((), (known[0],))
        (rowid,) = self._connection.execute(
            "INSERT INTO outbound VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (wid, id) DO UPDATE SET"
            " campaign = excluded.campaign, campaign_name = excluded.campaign_name, channel = excluded.channel,"
            " person = excluded.person, delivered_at = excluded.delivered_at, opened_at = excluded.opened_at,"
            " clicked_at = excluded.clicked_at, replied_at = excluded.replied_at, bounced_at = excluded.bounced_at,"
            " touched_at = excluded.touched_at RETURNING rowid",
            (self._wid, record.id, *fresh, max(touches, default=None)),
        ).fetchone()
        self._messages.add(rowid)
        self.changed += 1

    @_put.register
    def _article(self, record: Article) -> None:
        self.changed += self._loose.article(record)

    @_put.register
    def _article_view(self, record: ArticleView) -> None:
        person, session = record.person or "", record.session or ""
        tied = self._ties.person(session) if not person else None
        viewer = viewer_key(person, session, tied, None, 0)
        cursor = self._connection.execute(
            "INSERT OR IGNORE INTO article_view (wid, article, at, person, session, viewer) VALUES (?, ?, ?, ?, ?, ?)",
            (self._wid, record.article, record.at, person, session, viewer),
        )
        self.changed += cursor.rowcount
        if cursor.rowcount:
            self._people.add(viewer)
            if person and session:
                self._settle(session)

    @_put.register
    def _card_view(self, record: CardView) -> None:
        self.changed += self._loose.card_view(record)

    @_put.register
    def _article_counter(self, record: ArticleCounter) -> None:
        self.changed += self._loose.counter(record)

    @_put.register
    def _agent(self, record: Agent) -> None:
        new = not self._is_agent(record.id)
        self.changed += self._loose.agent(record)
        if new:
            self._touched.update(
                cid
                for (cid,) in self._connection.execute(
                    "SELECT cid FROM talk WHERE wid = ?1 AND viewer = ?2"
                    " UNION SELECT cid FROM spell WHERE wid = ?1 AND viewer = ?2",
                    (self._wid, person_key(record.id)),
                )
            )

    @_put.register
    def _team(self, record: Team) -> None:
        self.changed += self._loose.team(record)

    @_put.register
    def _chat_thread(self, record: ChatThread) -> None:
        self.changed += self._chats.thread(record)

    @_put.register
    def _chat_gone(self, record: ChatGone) -> None:
        self.changed += self._chats.gone(record)

    def _is_agent(self, id: str) -> bool:
        found = self._connection.execute("SELECT 1 FROM agent WHERE wid = ? AND id = ?", (self._wid, id)).fetchone()
        return found is not None
