"""The one derivation *events -> facts*, the same for every source: an event replay of one conversation.

It does not know what time it is. What time alone will bring about is written down with its moment (the close of a bot's
answer by 24 h of silence carries a `closed_at` that may lie ahead), so that a reader compares it with the as-of moment
and stored facts stay right while the clock runs. Facts as of an earlier moment come from the events up to that moment.

Definitions: episode, human reply, hand-off, reassignment, outbound, waits as in docs/metrics.md.
"""

from collections.abc import Iterable, Sequence

from funnel_tui.model.episodes import Close, Episode, Facts, Resolution, Span, Wait
from funnel_tui.model.records import Event, Kind

VERSION = 1
"""Another one makes the next writer derive all facts anew: change it with any change of what is derived."""

SILENCE = 24 * 3600
"""Seconds after a bot's answer at which silence closes the episode."""

EXCERPT = 80
"""Characters of a customer's first words that stand for a missing subject."""

_RANK = {
    Kind.REOPENED: 0,
    Kind.UNSNOOZED: 0,
    Kind.CUSTOMER_MESSAGE: 1,
    Kind.BOT_ANSWER: 2,
    Kind.AUTO_REPLY: 2,
    Kind.BOT_HANDOFF: 3,
    Kind.ASSIGNED: 4,
    Kind.UNASSIGNED: 4,
    Kind.TEAM_ASSIGNED: 4,
    Kind.NOTE: 5,
    Kind.TAGGED: 5,
    Kind.AGENT_REPLY: 6,
    Kind.SNOOZED: 7,
    Kind.CLOSED: 8,
    Kind.RATING_REQUESTED: 9,
    Kind.RATED: 10,
    Kind.SPAM: 11,
    Kind.DELETED: 11,
    Kind.RESTORED: 12,
    Kind.MERGED_INTO: 13,
}
"""How events of one second sort: as docs/interface.md says, the kinds it does not name where they do no harm."""

_PUBLIC = frozenset({Kind.CUSTOMER_MESSAGE, Kind.AGENT_REPLY, Kind.BOT_ANSWER, Kind.AUTO_REPLY})


def order(events: Iterable[Event]) -> list[Event]:
    """Events in the order in which they count: by second, then by kind, then by the provider's own order."""
    return sorted(events, key=_sort_key)


def _sort_key(event: Event) -> tuple[int, int, int, str, str, str]:
    part = event.source_id or ""
    return (event.at, _RANK[event.kind], len(part), part, event.actor or "", event.to or event.team or event.text or "")


def derive(
    events: Sequence[Event],
    *,
    reopen_window: int,
    came_with_team: str | None = None,
) -> Facts:
    """Replay `events` (already in `order`) of one conversation.

    `reopen_window` in seconds: a return that comes no later after a close continues the episode.
    """
    replay = _Replay(reopen_window, came_with_team)
    replay.outbound = next((e.kind is Kind.AGENT_REPLY for e in events if e.kind in _PUBLIC), False)
    for event in events:
        replay.step(event)
    return replay.finish()


class _Replay:
    """The state of a conversation while its events are walked."""

    def __init__(self, reopen_window: int, team: str | None) -> None:
        self.window = reopen_window
        self.team = team
        self.outbound = False
        self.assignee: str | None = None
        self.tags: set[str] = set()
        self.person: str | None = None
        self.excerpt: str | None = None
        self.gone: set[str] = set()
        self.silence_due: int | None = None
        self.episodes: list[Episode] = []

    @property
    def current(self) -> Episode | None:
        return self.episodes[-1] if self.episodes else None

    def finish(self) -> Facts:
        self._fall_silent()
        for episode in self.episodes:
            _settle(episode)
            episode.agent = episode.last_replier or episode.assigned
        excluded = next((why for why in ("merged", "deleted", "spam") if why in self.gone), None)
        return Facts(
            episodes=[] if excluded else self.episodes,
            excluded=excluded,
            outbound=self.outbound,
            team=self.team,
            assignee=self.assignee,
            tags=frozenset(self.tags),
            person=self.person,
            excerpt=self.excerpt,
        )

    def step(self, event: Event) -> None:
        if self.silence_due is not None and event.at > self.silence_due:
            self._fall_silent()
        handler = _HANDLERS.get(event.kind)
        if handler is not None:
            handler(self, event)
        episode = self.current
        if episode is not None:
            _track_waiting(episode, event.at)
            if self._still(event.at) is not None:  # whom it is assigned to later is no news of a final episode
                episode.assigned = self.assignee

    # --- messages

    def _customer_message(self, event: Event) -> None:
        self.silence_due = None
        if self.person is None:
            self.person = event.actor
        if self.excerpt is None and event.text:
            self.excerpt = " ".join(event.text[: 2 * EXCERPT].split())[:EXCERPT] or None
        episode = self._return(event.at)
        if episode.start is None:
            episode.start = event.at
        if episode.unanswered_since is None:
            episode.unanswered_since = event.at
        if episode.response_from is None:
            episode.response_from = event.at
        if episode.wait_since is None:
            episode.wait_since = event.at
        episode.snoozed = False
        _speak(episode, event.kind)

    def _agent_reply(self, event: Event) -> None:
        episode = self._still(event.at)
        if episode is None:
            return
        self.silence_due = None
        if episode.involved_at is not None and episode.handoff_at is None:
            episode.handoff_at = event.at
        if not episode.replies:
            episode.bot_first = episode.involved_at is not None
        if episode.first_reply_at is None and episode.start is not None:
            episode.first_reply_at = event.at
            episode.response_start = _response_start(episode)
            if episode.reached_at is None:
                episode.reached_at = event.at if episode.involved_at is not None else episode.start
        if episode.wait_since is not None:
            episode.waits.append(Wait(episode.wait_since, event.at, event.actor))
            episode.wait_since = None
        episode.replies += 1
        episode.last_replier = event.actor or episode.last_replier
        _speak(episode, event.kind)

    def _bot_answer(self, event: Event) -> None:
        episode = self._still(event.at)
        if episode is None:
            return
        _involve(episode, event.at)
        if episode.answered_at is None:
            episode.answered_at = event.at
        episode.last_answer_at = event.at
        episode.unanswered_since = episode.response_from = None
        episode.wait_since = None
        self.silence_due = event.at + SILENCE

    def _bot_handoff(self, event: Event) -> None:
        episode = self._still(event.at)
        if episode is None:
            return
        self.silence_due = None
        _involve(episode, event.at)
        if episode.said_handoff_at is None:
            episode.said_handoff_at = event.at
        if episode.handoff_at is None:
            episode.handoff_at = event.at
        if episode.reached_at is None:
            episode.reached_at = event.at
        if episode.wait_since is None:
            episode.wait_since = event.at

    def _auto_reply(self, event: Event) -> None:
        episode = self._still(event.at)
        if episode is not None and event.bot:
            _involve(episode, event.at)

    # --- states

    def _closed(self, event: Event) -> None:
        episode = self.current
        if episode is None or episode.closed_at is not None:
            return
        by = event.by or "system"
        if by == "bot":
            _involve(episode, event.at)
        self._close(event.at, by, event.confirmed)

    def _close(self, at: int, by: str, confirmed: bool | None) -> None:
        episode = self.episodes[-1]
        episode.closed_at, episode.closed_by = at, by
        episode.closes.append(Close(at, by))
        if by != "silence":  # that close may still lie ahead: until then it is as snoozed as it was
            episode.snoozed = False
        episode.wait_since = None
        if by == "bot" and (confirmed or episode.unanswered_since is None):
            self._resolve(at, bool(confirmed))
        episode.response_from = None
        _track_waiting(episode, at)

    def _fall_silent(self) -> None:
        """24 h have passed since a bot's answer: it closes what is open, and what others closed is resolved too."""
        due, self.silence_due = self.silence_due, None
        episode = self.current
        if episode is None or due is None:
            return
        if episode.closed_at is None:
            self._close(due, "silence", None)
        self._resolve(due, confirmed=False)

    def _resolve(self, at: int, confirmed: bool) -> None:
        """The bot has resolved the episode, unless a human was in it or it stands resolved already."""
        self.silence_due = None
        episode = self.episodes[-1]
        if episode.answered_at is None or episode.handoff_at is not None or episode.replies or _resolved(episode):
            return
        episode.resolutions.append(Resolution(at, confirmed))

    def _reopened(self, event: Event) -> None:
        episode = self.current
        if episode is None:
            return  # no customer has said anything yet
        if episode.closed_at is not None:
            self.silence_due = None
            episode = self._return(event.at)
        episode.snoozed = False

    def _still(self, at: int) -> Episode | None:
        """The episode that an answer at `at` counts for: the open one, or one closed so lately that it is not final."""
        episode = self.current
        if episode is None or (episode.closed_at is not None and at - episode.closed_at > self.window):
            return None
        return episode

    def _return(self, at: int) -> Episode:
        """The episode that something at `at` belongs to: the open one, the one it brings back, or a new one."""
        episode = self.current
        if episode is not None and episode.closed_at is None:
            return episode
        if episode is not None:
            episode.last_answer_at = None  # the return has broken the silence: no answer of the bot stands
        if episode is not None and episode.closed_at is not None and at - episode.closed_at <= self.window:
            episode.closes[-1].withdrawn_at = at
            if episode.resolutions and episode.resolutions[-1].returned_at is None:
                episode.resolutions[-1].returned_at = at
            episode.closed_at = episode.closed_by = None
            episode.reopened = True
            return episode
        if episode is not None and episode.resolutions and episode.resolutions[-1].returned_at is None:
            episode.resolutions[-1].returned_at = at
        fresh = Episode(begun_at=at)
        if episode is not None:
            fresh.wait_since = episode.wait_since  # handed off after its close, and nobody has replied since
        self.episodes.append(fresh)
        return fresh

    def _snoozed(self, event: Event) -> None:
        if self.current is not None and self.current.closed_at is None:
            self.current.snoozed = True

    def _unsnoozed(self, event: Event) -> None:
        if self.current is not None:
            self.current.snoozed = False

    # --- people, teams, tags

    def _assigned(self, event: Event) -> None:
        episode = self._still(event.at)
        if episode is not None and episode.replies and self.assignee is not None and event.to != self.assignee:
            episode.reassigned += 1
        self.assignee = event.to

    def _unassigned(self, event: Event) -> None:
        self.assignee = None

    def _team_assigned(self, event: Event) -> None:
        self.team = event.team

    def _tagged(self, event: Event) -> None:
        self.tags.update(event.tags)

    # --- ratings

    def _rated(self, event: Event) -> None:
        episode = self.current
        if episode is None or event.score is None:
            return
        low, high = event.scale or (1.0, 5.0)
        if high == low:
            return
        episode.rating = 1 + 4 * (event.score - low) / (high - low)
        episode.rated_at = event.at
        episode.rated_bot = bool(event.bot)

    def _rating_requested(self, event: Event) -> None:
        if self.current is not None:
            self.current.asked.append(event.at)

    # --- leaving the figures

    def _leave(self, event: Event) -> None:
        self.gone.add("merged" if event.kind is Kind.MERGED_INTO else event.kind.value)

    def _restored(self, event: Event) -> None:
        self.gone -= {"deleted", "spam"}


_HANDLERS = {
    Kind.CUSTOMER_MESSAGE: _Replay._customer_message,
    Kind.AGENT_REPLY: _Replay._agent_reply,
    Kind.BOT_ANSWER: _Replay._bot_answer,
    Kind.BOT_HANDOFF: _Replay._bot_handoff,
    Kind.AUTO_REPLY: _Replay._auto_reply,
    Kind.CLOSED: _Replay._closed,
    Kind.REOPENED: _Replay._reopened,
    Kind.SNOOZED: _Replay._snoozed,
    Kind.UNSNOOZED: _Replay._unsnoozed,
    Kind.ASSIGNED: _Replay._assigned,
    Kind.UNASSIGNED: _Replay._unassigned,
    Kind.TEAM_ASSIGNED: _Replay._team_assigned,
    Kind.TAGGED: _Replay._tagged,
    Kind.RATED: _Replay._rated,
    Kind.RATING_REQUESTED: _Replay._rating_requested,
    Kind.MERGED_INTO: _Replay._leave,
    Kind.DELETED: _Replay._leave,
    Kind.SPAM: _Replay._leave,
    Kind.RESTORED: _Replay._restored,
}


def _involve(episode: Episode, at: int) -> None:
    if episode.involved_at is None:
        episode.involved_at = at


def _speak(episode: Episode, kind: Kind) -> None:
    if episode.speaker is not None and episode.speaker is not kind:
        episode.switches += 1
    episode.speaker = kind


def _response_start(episode: Episode) -> int | None:
    """Where the first response's clock starts, seen at the first human reply."""
    if episode.involved_at is None:
        return episode.start
    return episode.said_handoff_at if episode.said_handoff_at is not None else episode.response_from


def _track_waiting(episode: Episode, at: int) -> None:
    """Open or close the current stretch in the queue according to the state after an event."""
    spans = episode.waiting
    waits = episode.wait_since is not None and episode.closed_at is None and episode.state == "open"
    running = bool(spans) and spans[-1].end is None
    if waits and not running:
        spans.append(Span(at))
    elif running and not waits:
        spans[-1].end = at


def _settle(episode: Episode) -> None:
    """What can only be said once all events are known."""
    if not episode.replies:
        episode.bot_first = episode.involved_at is not None
    if episode.reached_at is None and episode.start is not None:
        episode.reached_at = episode.handoff_at if episode.bot_first else episode.start
    if episode.rated_bot and episode.replies:
        episode.rating = episode.rated_at = None  # the bot's mark in an episode that a human took over rates neither
    if _resolved(episode) and not episode.replies and episode.handoff_at is None:
        last = episode.resolutions[-1]
        episode.bot_resolved_at, episode.bot_confirmed = last.at, last.confirmed


def _resolved(episode: Episode) -> bool:
    """The last resolution belongs to the close that stands."""
    closed, found = episode.closed_at, episode.resolutions
    return closed is not None and bool(found) and found[-1].at >= closed
