"""Whatever is written in whatever order, and whatever befalls the writer: the figures are those of the records stored.

A machine polls, reads again, corrects, ties, deletes, restores, breaks off, restarts and rebuilds, keeps beside it what
must be stored by now, and asks the program and the slow reference the same questions. `FUNNEL_EXAMPLES=500` runs so
many machines, other ones each time.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from funnel_tui.model.records import Agent, ArticleView, Conversation, Event, Kind, Outbound, Record, Thread
from funnel_tui.store import Reader, Store, ledger
from tests.metrics.program import WEEK, differences, hours_of
from tests.reference import strategies as drawn
from tests.reference.periods import midnight
from tests.reference.script import OfficeHours
from tests.reference.words import DAY, TIMES
from tests.reference.worlds import GAPS, PLOTS, Line, Step, clash

LASTING = frozenset({Kind.DELETED, Kind.RESTORED, Kind.SPAM, Kind.MERGED_INTO})
"""What a conversation that is read again does not say, but remains true of it."""
CLOCKS = tuple(drawn.CLOCKS[i] for i in (2, 4, 6, 8))
WORKSPACES = ("a", "b")
steps = st.sampled_from([plot for plot in PLOTS if plot]) | st.lists(
    st.tuples(st.sampled_from(GAPS), st.sampled_from(drawn.ACTS)), min_size=1, max_size=4
)


@dataclass
class Stored:
    """What one workspace's pages have said so far, by the rules of the records' own docstrings."""

    conversations: dict[str, Conversation] = field(default_factory=dict)
    events: dict[str, set[Event]] = field(default_factory=dict)
    views: set[ArticleView] = field(default_factory=set)
    receipts: dict[str, Outbound] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)

    def take(self, record: Record) -> None:
        if isinstance(record, Thread):
            self.take(record.conversation)
            fresh = set(record.events)
            oldest = min(event.at for event in fresh)
            old = self.events.get(record.conversation.id, set())
            kept = {e for e in old if e.kind in LASTING or (not record.complete and e.at < oldest)}
            self.events[record.conversation.id] = fresh | kept
        elif isinstance(record, Event):
            self.events.setdefault(record.conversation, set()).add(record)
        elif isinstance(record, Conversation):
            self.conversations[record.id] = record
        elif isinstance(record, ArticleView):
            self.views.add(record)
        elif isinstance(record, Outbound):
            self.receipts[record.id] = record
        elif isinstance(record, Agent):
            self.agents[record.id] = record

    def records(self) -> Iterator[tuple[str, Record]]:
        for event in (event for events in self.events.values() for event in events):
            yield "event", event
        for kind, found in (("conversation", self.conversations), ("outbound", self.receipts), ("agent", self.agents)):
            yield from ((kind, record) for record in found.values())
        yield from (("article_view", view) for view in self.views)

    def claims(self, session: str, but: str | None = None) -> set[str]:
        """The persons that records other than the conversation `but` say this session is."""
        of = [(c.session, c.person) for c in self.conversations.values() if c.id != but]
        return {p for s, p in [*of, *((v.session, v.person) for v in self.views)] if s == session and p is not None}


def as_line(workspace: str, kind: str, record: Record) -> Line:
    line = {name: value for name, value in msgspec.structs.asdict(record).items() if value not in (None, ())}
    if kind == "event" and record.kind is Kind.TEAM_ASSIGNED:  # type: ignore[union-attr]
        line.setdefault("team", None)
    return {**line, "type": kind, "workspace": workspace} | ({"kind": str(line["kind"])} if "kind" in line else {})


class Lost(Exception):
    """The power fails, the network breaks, a page has a fault."""


def torn(records: Sequence[Record]) -> Iterator[Record]:
    yield from records
    raise Lost


class Polls(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.at_the_end = ExitStack()
        self.path = Path(self.at_the_end.enter_context(tempfile.TemporaryDirectory())) / "cache.db"
        self.stored = {workspace: Stored() for workspace in WORKSPACES}
        self.window = WEEK
        self.hours: OfficeHours | None = drawn.OFFICE
        self.moments: list[int] = []

    @initialize(
        clock=st.sampled_from(CLOCKS),
        talks=st.lists(drawn.talks(), min_size=1, max_size=3),
        later=st.sampled_from((60 * DAY, 0, -60 * DAY)),
        full=st.sampled_from((ledger.FULL, 0, 3, 20)),
        many=st.sampled_from((ledger.MOST_IN_A_MONTH, 1, 3)),
    )
    def start(self, clock: tuple[str, date], talks: Sequence[drawn.Talk], later: int, full: int, many: int) -> None:
        """`full`, `many`: how little makes the journal full and a month one with many values."""
        patch = self.at_the_end.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(ledger, "FULL", full)
        patch.setattr(ledger, "MOST_IN_A_MONTH", many)
        patch.setattr(ledger, "_MANY", many)
        self.zone, self.first = ZoneInfo(clock[0]), clock[1]
        self.now = midnight(self.first, self.zone) + later
        self.store = self.opened()
        self.at_the_end.callback(lambda: self.store.close())
        self.watching = self.at_the_end.enter_context(closing(Reader.open(self.path)))
        for talk in talks:
            self.a_conversation_begins(talk, "a", whole=False)

    def opened(self) -> Store:
        return Store.open(
            self.path,
            reopen_window=self.window,
            zone=self.zone,
            office_hours=hours_of(self.hours),
            clock=lambda: self.now,
        )

    def teardown(self) -> None:
        with self.at_the_end:
            if self.moments:
                self.all_figures_agree()
                self.the_ledger_agrees_with_the_facts()

    # --- what is written

    def write(self, workspace: str, records: Sequence[Record]) -> None:
        for record in records:
            note(f"{workspace}: {record}")
            self.stored[workspace].take(record)
        self.store.write(workspace, records)

    def known(self) -> list[tuple[str, str]]:
        return [(workspace, id) for workspace, stored in self.stored.items() for id in stored.conversations]

    def events(
        self, workspace: str, record: Conversation, at: int, steps: Sequence[Step], writer: str | None = None
    ) -> list[Event]:
        """The events of these steps, moved on by a second where nothing would say which of two comes first."""
        there = [*self.stored[workspace].events.get(record.id, ())]
        found: list[Event] = []
        for gap, (kind, more) in steps:
            at += gap
            while clash(kind, [e.kind.value for e in there if e.at == at]):
                at += 1
            actor = {"actor": record.person or writer} if kind == "customer_message" else {}
            details = {k: tuple(v) if isinstance(v, list) else v for k, v in {**more, **actor}.items()}
            found.append(Event(conversation=record.id, at=at, kind=Kind(kind), **details))
            there.append(found[-1])
        self.moments += [event.at for event in found]
        return found

    @rule(talk=drawn.talks(), workspace=st.sampled_from(WORKSPACES), whole=st.booleans())
    def a_conversation_begins(self, talk: drawn.Talk, workspace: str, whole: bool) -> None:
        stored = self.stored[workspace]
        said = {k: tuple(v) if isinstance(v, list) else v for k, v in talk.record.items()}
        record = Conversation(id=f"c{len(stored.conversations)}", **said)
        if record.session and record.person and stored.claims(record.session) - {record.person}:
            return
        at = midnight(self.first, self.zone) + talk.day * DAY + talk.second
        opening = {"actor": "g1"} if talk.opening == "agent_reply" else {}
        events = self.events(workspace, record, at, [(0, (talk.opening, opening)), *talk.steps], talk.writer)
        page = [Thread(conversation=record, events=tuple(events))] if whole else [record, *events]
        self.write(workspace, page)

    @rule(
        which=st.integers(0, 11),
        steps=steps,
        how=st.sampled_from(("events", "thread", "newest")),
        ago=st.integers(0, 2),
    )
    def it_goes_on(self, which: int, steps: Sequence[Step], how: str, ago: int) -> None:
        """Further events come, alone or with all that is known; `ago`: from before the last ones that were read."""
        workspace, id = self.known()[which % len(self.known())]
        stored = self.stored[workspace]
        there = sorted(e.at for e in stored.events[id])
        record = stored.conversations[id]
        fresh = self.events(workspace, record, there[-1 - min(ago, len(there) - 1)], steps)
        self.tell(workspace, record, fresh, how)

    def tell(self, workspace: str, record: Conversation, fresh: Sequence[Event], how: str) -> None:
        if how == "events":
            return self.write(workspace, fresh)
        known = {e for e in self.stored[workspace].events[record.id] if e.kind not in LASTING} | set(fresh)
        if how == "newest":
            oldest = min(e.at for e in fresh)
            known = {e for e in known if e.at >= oldest}
        events = tuple(sorted(known, key=lambda e: e.at))
        return self.write(workspace, [Thread(conversation=record, events=events, complete=how == "thread")])

    @rule(which=st.integers(0, 11), lost=st.integers(0, 5))
    def it_is_read_again_without_a_part(self, which: int, lost: int) -> None:
        workspace, id = self.known()[which % len(self.known())]
        stored = self.stored[workspace]
        events = sorted((e for e in stored.events[id] if e.kind not in LASTING), key=str)
        if len(events) > 1:
            del events[lost % len(events)]
            self.write(workspace, [Thread(conversation=stored.conversations[id], events=tuple(events))])

    @rule(
        which=st.integers(0, 11),
        kind=st.sampled_from(("deleted", "restored", "spam", "merged_into")),
        gap=st.sampled_from(GAPS),
    )
    def it_leaves_or_comes_back(self, which: int, kind: str, gap: int) -> None:
        workspace, id = self.known()[which % len(self.known())]
        stored = self.stored[workspace]
        last = max(e.at for e in stored.events[id])
        more = {"to": "elsewhere"} if kind == "merged_into" else {}
        self.write(workspace, self.events(workspace, stored.conversations[id], last, [(gap, (kind, more))]))

    @rule(
        which=st.integers(0, 11),
        person=st.sampled_from((None, "p1", "p2", "g1")),
        session=st.sampled_from((None, "s1", "s2")),
        more=drawn.optional(
            channel=st.sampled_from(("chat", "phone")),
            team=st.sampled_from(("billing", "sales")),
            tags=st.sampled_from((("vip",), ("Refund", "vip"))),
            origin=st.just("customer_initiated"),
        ),
    )
    def its_record_changes(self, which: int, person: str | None, session: str | None, more: Line) -> None:
        """Somebody is told who a session was, late; a channel, a team, tags are corrected."""
        workspace, id = self.known()[which % len(self.known())]
        if session and person and self.stored[workspace].claims(session, but=id) - {person}:
            return
        self.write(workspace, [Conversation(id=id, person=person, session=session, **more)])

    @rule(
        workspace=st.sampled_from(WORKSPACES),
        who=st.sampled_from(drawn.READERS),
        article=st.sampled_from(("a1", "a2")),
        moment=drawn.moments,
    )
    def an_article_is_read(self, workspace: str, who: Line, article: str, moment: tuple[int, int]) -> None:
        """Before or after the conversations near it came, whatever its date."""
        view = ArticleView(article=article, at=self.at(moment), **who)
        if view.session and view.person and self.stored[workspace].claims(view.session) - {view.person}:
            return
        self.moments.append(view.at)
        self.write(workspace, [view])

    @rule(workspace=st.sampled_from(WORKSPACES), number=st.integers(0, 3), what=drawn.receipts())
    def a_message_is_sent_or_opened(self, workspace: str, number: int, what: drawn.Receipt) -> None:
        line = drawn.receipt(number, what, self.moments)
        self.moments += [at for name, at in line.items() if name in TIMES]
        self.write(workspace, [Outbound(**{k: v for k, v in line.items() if k not in ("type", "workspace")})])

    @rule(
        workspace=st.sampled_from(WORKSPACES),
        id=st.sampled_from(("g1", "g2")),
        more=drawn.optional(name=st.sampled_from(("Ann", "Bo")), team=st.just("billing"), away=st.booleans()),
    )
    def a_teammate_changes(self, workspace: str, id: str, more: Line) -> None:
        self.write(workspace, [Agent(id=id, **more)])

    # --- what befalls the writer

    @rule(moment=drawn.moments)
    def time_passes(self, moment: tuple[int, int]) -> None:
        """To an edge of something known, or back: clocks are set."""
        self.now = self.at(moment)

    @rule(which=st.integers(0, 11), steps=steps, late=st.booleans(), restart=st.booleans())
    def a_page_breaks_off(self, which: int, steps: Sequence[Step], late: bool, restart: bool) -> None:
        """Within it, or `late`: with the workspace after it, when all of it is written. Nothing of it stays."""
        workspace, id = self.known()[which % len(self.known())]
        record = self.stored[workspace].conversations[id]
        last = max(e.at for e in self.stored[workspace].events[id])
        page: list[Record] = [
            msgspec.structs.replace(record, channel="phone"),
            *self.events(workspace, record, last, steps),
            Agent(id="g2"),
            ArticleView(article="a1", at=last, person="p1"),
            *(msgspec.structs.replace(r, channel="chat") for r in self.stored[workspace].receipts.values()),
        ]
        written = [(workspace, page), ("b", torn([]))] if late else [(workspace, torn(page))]
        with pytest.raises(Lost):
            self.store.write_all(written)
        if restart:
            self.store.close()
            self.store = self.opened()

    @rule()
    def all_is_written_again(self) -> None:
        """What is known already changes nothing."""
        for workspace, stored in self.stored.items():
            records = [record for kind, record in stored.records() if kind != "agent"]
            assert self.store.write(workspace, records) == 0

    @rule(
        window=st.sampled_from((WEEK, WEEK, DAY, 3 * DAY)),
        clock=st.sampled_from(CLOCKS),
        hours=st.sampled_from(drawn.HOURS),
    )
    def it_is_started_again(self, window: int, clock: tuple[str, date], hours: OfficeHours | None) -> None:
        """With another reopen window, in another zone, with other office hours, or as it was."""
        self.store.close()
        self.window, self.zone, self.hours = window, ZoneInfo(clock[0]), hours
        self.store = self.opened()

    @rule()
    def it_is_rebuilt(self) -> None:
        self.store.rebuild()

    # --- what must be true

    def at(self, moment: tuple[int, int]) -> int:
        return drawn.at(moment, self.moments)

    def lines(self) -> list[Line]:
        return [as_line(name, *found) for name, stored in self.stored.items() for found in stored.records()]

    @rule(data=st.data(), watching=st.booleans())
    def a_question_is_answered(self, data: st.DataObject, watching: bool) -> None:
        """By a reader that has been open all the while, or by one that comes now."""
        asked = drawn.questions(self.zone, self.first, self.moments, self.window)
        self.agree(data.draw(asked), self.watching if watching else self.path)

    def agree(self, question: drawn.Question, cache: Path | Reader) -> None:
        wrong = differences(cache, self.lines(), question.words)
        if question.reopen_window != WEEK:
            wrong.pop("selfserve.bot_durable_rate", None)
        if wrong:
            note(f"{question}")
            for line in self.lines():
                note(f"{line}")
        for metric, (found, figure) in wrong.items():
            note(f"{metric}: {found}, expected {figure}")
        assert not wrong, "the program and the reference disagree"

    def all_figures_agree(self) -> None:
        start, end = min(self.moments) - 1, max(self.moments) + 1
        for as_of in (end + 30 * DAY, sorted(self.moments)[len(self.moments) // 2]):
            question = drawn.Question(start, end, as_of, self.zone, reopen_window=self.window, office_hours=self.hours)
            self.agree(question, self.path)

    @rule()
    def the_ledger_agrees_with_the_facts(self) -> None:
        with closing(Reader.open(self.path)) as reader:
            assert reader.check_ledger() == []


MORE = os.environ.get("FUNNEL_EXAMPLES")
Polls.TestCase.settings = settings(
    max_examples=int(MORE) if MORE else 100,
    stateful_step_count=20,
    derandomize=MORE is None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
TestPolls = Polls.TestCase
