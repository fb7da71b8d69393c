"""From messages and changes of status to closes, reopenings, snoozes and hand-offs.

The status that the conversation has now is the one thing certain; a replay of what is known has to end in it. Where it
does not, a change went unseen, and is put where the traces are: better a close a little off than none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from funnel_tui.model.records import Event, Kind
from funnel_tui.sources.chatwoot.activity import Status
from funnel_tui.sources.chatwoot.marks import SOMEBODY, Step

_SPEAKERS = {Kind.CUSTOMER_MESSAGE: 0, Kind.BOT_ANSWER: 1, Kind.AGENT_REPLY: 2}
_STEP_RANK = 3
AFTER_A_MESSAGE = 600
"""Seconds in which the note that a message has reopened the conversation may follow that message."""


@dataclass(frozen=True, slots=True)
class Traces:
    """Where an unseen change may have left its mark."""

    unknown: tuple[int, ...] = ()
    """Moments of activities whose text is not understood."""
    asked: tuple[int, ...] = ()
    """Moments at which a rating was asked for: that happens at a close."""
    last: int | None = None
    """The latest activity of the conversation, then its latest update."""
    updated: int | None = None
    changed: tuple[int, ...] = ()

    def since(self, floor: int) -> int:
        """The likeliest moment of an unseen change, not before `floor`."""
        for moments in (self.unknown, (self.last,), (self.updated,)):
            later = [at for at in moments if at is not None and at >= floor]
            if later:
                return max(later)
        return floor


@dataclass(slots=True)
class Outcome:
    events: list[Event] = field(default_factory=list)
    doubt: bool = False
    """Something does not fit: another witness had better be asked."""


def replay(
    id: str,
    messages: Sequence[Event],
    steps: Sequence[Step],
    now: Status | None,
    traces: Traces,
    *,
    began_with_bot: bool,
) -> Outcome:
    """`messages`: those of customers, bots and teammates. `now`: the status as it is told, None where unknown."""
    walk = _Walk(id, began_with_bot)
    # Of several changes in one second the last one stands: their order is not told any finer.
    steps = list({step.at: step for step in steps}.values())
    spoken = [(event.at, _SPEAKERS[event.kind], event) for event in messages if event.kind in _SPEAKERS]
    happened: list[tuple[int, int, Event | Step]] = [*spoken, *((step.at, _STEP_RANK, step) for step in steps)]
    for _, _, what in sorted(happened, key=lambda one: one[:2]):
        if isinstance(what, Event):
            walk.speak(what)
        else:
            walk.step(what)
    if now is not None:
        walk.end(now, traces)
    return walk.outcome


class _Walk:
    def __init__(self, id: str, began_with_bot: bool) -> None:
        self.outcome = Outcome()
        self._id = id
        self._bot_first = began_with_bot
        self._state = Status.PENDING if began_with_bot else Status.OPEN
        self._last = 0
        """The latest moment at which anything is known to have happened."""
        self._asked: int | None = None
        """When a customer began the present run."""
        self._bot: int | None = None
        """The bot's last words in the present run, and whether a teammate has replied in it."""
        self._human = False
        self._brought_back: int | None = None
        """When a customer's message reopened it, until something says so."""

    def speak(self, message: Event) -> None:
        self._last = max(self._last, message.at)
        if message.kind is Kind.CUSTOMER_MESSAGE:
            if self._state is Status.RESOLVED:
                self._begin_run(Status.PENDING if self._bot_first else Status.OPEN)
                self._brought_back = message.at
            elif self._state is Status.SNOOZED:
                self._state = Status.OPEN
                self._brought_back = message.at
            self._asked = message.at if self._asked is None else self._asked
        elif message.kind is Kind.BOT_ANSWER:
            self._bot = message.at
        else:
            self._human = True
            if self._state is Status.PENDING:
                self._state = Status.OPEN  # whether anybody says so or not, a teammate has taken over
                self._brought_back = message.at

    def step(self, step: Step) -> None:
        self._last = max(self._last, step.at)
        if step.to is Status.RESOLVED:
            self._resolve(step)
        elif step.to is Status.OPEN:
            self._open(step)
        elif step.to is Status.PENDING:
            self._to_bot(step)
        elif self._state is not Status.SNOOZED:
            if self._state is Status.RESOLVED:
                self._reopen(step)
            self._state = Status.SNOOZED
            self._add(Kind.SNOOZED, step)

    def _resolve(self, step: Step) -> None:
        if self._state is Status.RESOLVED:
            self.outcome.doubt = True
            return
        doer = step.doer or ("agent" if self._human else "system")
        if doer == SOMEBODY:
            doer = "bot" if self._bot is not None and not self._human else "agent"
        self._add(Kind.CLOSED, step, by=doer)
        self._state = Status.RESOLVED
        self._brought_back = None

    def _open(self, step: Step) -> None:
        before, self._state = self._state, Status.OPEN
        if before is Status.RESOLVED:
            self._reopen(step)
        elif before is Status.SNOOZED:
            self._add(Kind.UNSNOOZED, step)
        elif before is Status.PENDING and not step.handed_off:
            if self._bot is None and self._is_echo(step):
                self._state = Status.PENDING  # back with the bot; the note calls any return a reopening
            elif not self._human:
                self._hand_off(step)
        elif not self._is_echo(step):
            self.outcome.doubt = True
        if step.handed_off:
            self._hand_off(step)  # the provider's own word, even where a teammate has been in it already
        self._brought_back = None

    def _is_echo(self, step: Step) -> bool:
        """Whether this only says what a message has brought about already."""
        if self._brought_back is None or step.handed_off or step.doer in ("agent", "bot", SOMEBODY):
            return False
        return step.at - self._brought_back <= AFTER_A_MESSAGE

    def _to_bot(self, step: Step) -> None:
        if self._state is Status.RESOLVED:
            self._reopen(step)
        elif self._state is Status.SNOOZED:
            self._add(Kind.UNSNOOZED, step)
        if self._state is not Status.PENDING and not self._human:
            self._add(Kind.AUTO_REPLY, step, bot=True)
        self._state = Status.PENDING

    def _reopen(self, step: Step) -> None:
        self._add(Kind.REOPENED, step)
        self._begin_run(Status.OPEN)

    def _hand_off(self, step: Step) -> None:
        self._add(Kind.BOT_HANDOFF, step)

    def _begin_run(self, state: Status) -> None:
        self._state, self._asked, self._bot, self._human = state, None, None, False

    def end(self, now: Status, traces: Traces) -> None:
        """Bring the replay to the status as it is."""
        if now is not self._state:
            self.outcome.doubt = True
        at = traces.since(self._last)
        opened = max(at, self._last + 1)  # in the same second it would count before the close that it undoes
        if now is Status.RESOLVED and self._state is not now:
            asked = [moment for moment in traces.asked if moment >= self._last]
            doer = "agent" if self._human else "bot" if self._bot is not None else "system"
            self.step(Step(max(asked) if asked else at, now, doer))
        elif now is Status.SNOOZED and self._state is not now:
            self.step(Step(opened if self._state is Status.RESOLVED else at, now))
        elif now is Status.OPEN:
            self._end_open(opened, traces)
        elif now is Status.PENDING:
            self._end_pending(opened)

    def _end_open(self, at: int, traces: Traces) -> None:
        if self._state in (Status.RESOLVED, Status.SNOOZED):
            self.step(Step(at, Status.OPEN))
        elif self._state is Status.PENDING and not self._human and self._bot is not None:
            # The bot's last word is where it gave up, if nothing that came after shows it better.
            later = [moment for moment in (*traces.unknown, *traces.changed) if moment >= self._bot]
            self._hand_off(Step(min(later, default=self._bot), Status.OPEN))

    def _end_pending(self, at: int) -> None:
        if self._state in (Status.RESOLVED, Status.SNOOZED):
            self.step(Step(at, Status.PENDING))
        elif self._bot is None and not self._human:
            # It lies with a bot that has not said anything yet.
            self._add(Kind.AUTO_REPLY, Step(self._asked or at, Status.PENDING), bot=True)

    def _add(self, kind: Kind, step: Step, *, by: str | None = None, bot: bool | None = None) -> None:
        self.outcome.events.append(
            Event(
                conversation=self._id,
                at=step.at,
                kind=kind,
                actor=step.actor or ("bot" if by == "bot" or kind is Kind.BOT_HANDOFF else None),
                by=by,
                bot=bot,
                source_id=step.source_id,
            )
        )
