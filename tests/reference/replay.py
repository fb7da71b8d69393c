"""One conversation's events, walked in order, to its episodes and its state at the as-of moment."""

from dataclasses import dataclass, field
from itertools import pairwise

from .words import DAY, Happening, Key, Viewer, World


@dataclass
class Close:
    at: int
    by: str
    """`agent`, `bot`, `customer`, `system`, or `silence`."""
    withdrawn: bool = False


@dataclass
class Resolution:
    """A moment at which the bot's answer stood: its close, or the 24th hour of silence."""

    at: int
    confirmed: bool
    returned: bool = False
    """A return came within the reopen window."""


@dataclass(eq=False)
class Episode:
    conversation: Key
    viewer: Viewer | None = None
    agent: str | None = None
    """The last human replier, else the assignee."""
    events: list[Happening] = field(default_factory=list)
    closes: list[Close] = field(default_factory=list)
    resolutions: list[Resolution] = field(default_factory=list)
    waits: list[tuple[int, int]] = field(default_factory=list)
    """Start and end of every wait for a human that a human ended."""
    reassigned: int = 0
    ratings: list[tuple[int, float, bool]] = field(default_factory=list)
    """When, and the score on the 1-5 scale."""
    asked: list[int] = field(default_factory=list)
    standing: Resolution | None = None
    answer_stands_since: int | None = None
    """The bot had the last word then, and its 24 hours are not over."""
    asked_again: bool = False
    """The customer wrote after the bot's last answer."""

    def first(self, *kinds: str) -> int | None:
        """Position of the first event of these kinds."""
        return next((i for i, e in enumerate(self.events) if e.kind in kinds), None)

    @property
    def start(self) -> int | None:
        position = self.first("customer_message")
        return None if position is None else self.events[position].at

    @property
    def replies(self) -> list[Happening]:
        return [e for e in self.events if e.kind == "agent_reply"]

    @property
    def bot_answered(self) -> bool:
        return self.first("bot_answer") is not None

    @property
    def bot_steps(self) -> list[int]:
        """Positions at which the bot took part."""
        return [i for i, e in enumerate(self.events) if is_bot(e)]

    @property
    def handed_off(self) -> bool:
        """The bot said so, or a human replied after the bot."""
        if self.first("bot_handoff") is not None:
            return True
        steps = self.bot_steps
        return bool(steps) and any(e.kind == "agent_reply" for e in self.events[steps[0] :])

    @property
    def closed(self) -> Close | None:
        """The close that lasted."""
        if self.closes and not self.closes[-1].withdrawn:
            return self.closes[-1]
        return None

    @property
    def closed_at(self) -> int | None:
        return self.closed.at if self.closed else None

    @property
    def bot_resolved(self) -> bool:
        return self.standing is not None and not self.handed_off and not self.replies

    @property
    def pending(self) -> bool:
        """The bot's answer stands, is younger than 24 hours, and nothing has decided the episode yet."""
        return self.answer_stands_since is not None and not (self.bot_resolved or self.handed_off or self.replies)

    @property
    def response_position(self) -> int | None:
        """Position of the first human reply to the customer."""
        begin = self.first("customer_message")
        if begin is None:
            return None
        return next((i for i, e in enumerate(self.events) if i > begin and e.kind == "agent_reply"), None)

    @property
    def bot_first(self) -> bool:
        """The bot took part before any human replied."""
        human = self.first("agent_reply")
        return any(human is None or step < human for step in self.bot_steps)

    @property
    def reached_at(self) -> int | None:
        """When it reached the team: at its start, or where the bot came first, at the hand-off, said or not."""
        if self.start is None or not self.bot_first:
            return self.start
        position = self.first("bot_handoff", "agent_reply")
        return None if position is None else self.events[position].at

    @property
    def first_response(self) -> tuple[int, int] | None:
        """Start and end. None where nobody waited: the human spoke while the bot's answer stood."""
        end = self.response_position
        begin = self.start
        if end is None or begin is None:
            return None
        before = self.events[:end]
        reply = self.events[end].at
        if not any(is_bot(e) for e in before) or not self.bot_first:
            return (begin, reply)
        said = next((e.at for e in before if e.kind == "bot_handoff"), None)
        if said is not None:
            return (said, reply)
        unanswered: int | None = None
        for event in before:
            if event.kind in ("bot_answer", "closed"):
                unanswered = None
            elif event.kind == "customer_message" and unanswered is None:
                unanswered = event.at
        return None if unanswered is None else (unanswered, reply)

    @property
    def first_response_felt(self) -> tuple[int, int] | None:
        end, begin = self.response_position, self.start
        return None if end is None or begin is None else (begin, self.events[end].at)

    @property
    def switches(self) -> int:
        """Changes of speaker between customer and teammate."""
        speakers = [e.kind for e in self.events if e.kind in ("customer_message", "agent_reply")]
        return sum(a != b for a, b in pairwise(speakers))


@dataclass
class Story:
    """A conversation at the as-of moment."""

    key: Key
    channel: str | None
    origin: str | None
    team: str | None
    tags: set[str]
    viewer: Viewer | None = None
    episodes: list[Episode] = field(default_factory=list)
    outbound: bool = False
    excluded: bool = False
    assignee: str | None = None
    snoozed: bool = False
    waiting_since: int | None = None

    @property
    def now(self) -> Episode | None:
        """The episode that is running or ran last."""
        return self.episodes[-1] if self.episodes else None

    @property
    def state(self) -> str:
        episode = self.now
        if episode is None or episode.closed:
            return "closed"
        if self.snoozed:
            return "snoozed"
        return "with_bot" if episode.bot_first and not episode.handed_off else "open"


def is_bot(event: Happening) -> bool:
    """The bot took part here."""
    by_bot = event.kind == "closed" and event.line.get("by") == "bot"
    asked_back = event.kind == "auto_reply" and bool(event.line.get("bot"))
    return event.kind in ("bot_answer", "bot_handoff") or by_bot or asked_back


def five(score: float, scale: tuple[float, float] | list[float]) -> float:
    """A score mapped linearly to 1-5."""
    low, high = scale
    return 1 + 4 * (score - low) / (high - low)


PUBLIC = ("customer_message", "agent_reply", "bot_answer", "auto_reply")


class Walk:
    """Replays one conversation."""

    def __init__(self, world: World, key: Key, window: int) -> None:
        line = world.conversations.get(key, {})
        self.world, self.window = world, window
        self.events = world.events.get(key, [])
        self.story = Story(
            key, line.get("channel"), line.get("origin"), line.get("team"), set(map(str, line.get("tags") or ()))
        )
        self.hidden: set[str] = set()
        self.viewer = world.viewer(key[0], line.get("person"), line.get("session"))

    def run(self) -> Story:
        story = self.story
        for event in self.events:
            self.silence(event.at - 1)
            self.step(event)
        self.silence(self.world.as_of)
        public = [e.kind for e in self.events if e.kind in PUBLIC]
        story.outbound = bool(public) and public[0] == "agent_reply"
        if self.viewer is None:
            # nobody named the person: the customer who wrote first is one, unnamed too if need be
            named = (e.line.get("actor") for e in self.events if e.kind == "customer_message")
            actor = next((actor for actor in named if actor is not None), None)
            kind, name = ("conversation", story.key[1]) if actor is None else ("person", str(actor))
            self.viewer = (story.key[0], kind, name)
        teammate = self.viewer is not None and self.viewer[1] == "person" and self.viewer[::2] in self.world.agents
        story.excluded = bool(self.hidden) or teammate
        story.viewer = self.viewer
        for episode in story.episodes:
            episode.viewer = self.viewer
        for episode in story.episodes:
            if episode.replies:
                episode.agent = episode.replies[-1].line.get("actor")
        return story

    def silence(self, until: int) -> None:
        """Closes by silence what was silent for 24 hours at `until`."""
        episode = self.story.now
        if episode is None or episode.answer_stands_since is None or episode.answer_stands_since + DAY > until:
            return
        at = episode.answer_stands_since + DAY
        episode.answer_stands_since = None
        if episode.closed is None:
            self.close(episode, Close(at, "silence"))
        if episode.standing is None and not episode.handed_off and not episode.replies:
            episode.standing = Resolution(at, confirmed=False)
            episode.resolutions.append(episode.standing)

    def close(self, episode: Episode, close: Close) -> None:
        episode.closes.append(close)
        self.story.waiting_since = None
        self.story.snoozed = False

    def step(self, event: Happening) -> None:
        story, kind, line = self.story, event.kind, event.line
        if kind in ("deleted", "spam", "merged_into"):
            self.hidden.add(kind)
        elif kind == "restored":
            self.hidden -= {"deleted", "spam"}
        elif kind == "team_assigned":
            story.team = line.get("team")
        elif kind == "tagged":
            story.tags |= set(map(str, line.get("tags") or ()))
        elif kind == "snoozed":
            story.snoozed = True
        elif kind in ("unsnoozed", "reopened"):
            story.snoozed = False
        if kind == "customer_message" or (kind == "reopened" and story.now is not None and story.now.closed):
            self.come_back(event)
        episode = story.now
        late = episode is not None and episode.closed is not None and event.at - episode.closed.at > self.window
        if episode is not None and kind == "rated" and line.get("score") is not None:
            low, high = line.get("scale") or (1, 5)
            if low != high:
                episode.ratings.append((event.at, five(line["score"], (low, high)), bool(line.get("bot"))))
        elif episode is not None and kind == "rating_requested":
            episode.asked.append(event.at)
        if episode is not None and not late:
            self.take(episode, event)
        if kind in ("assigned", "unassigned"):
            story.assignee = line.get("to") if kind == "assigned" else None
        if story.now is not None and not late:
            story.now.agent = story.assignee

    def come_back(self, event: Happening) -> None:
        """A customer's message, or the reopening of what was closed: goes on with the episode or starts the next."""
        story = self.story
        story.snoozed = False
        for old in story.episodes:
            for resolution in old.resolutions:
                if event.at - resolution.at <= self.window:
                    resolution.returned = True
        episode = story.now
        if episode is not None:
            episode.answer_stands_since = None
        if episode is None or (episode.closed is not None and event.at - episode.closed.at > self.window):
            story.episodes.append(Episode(story.key))
            return
        if episode.closed is not None:
            episode.closed.withdrawn = True
        episode.standing = None

    def take(self, episode: Episode, event: Happening) -> None:
        """What an event does to the episode that runs or ran last."""
        story, kind, line = self.story, event.kind, event.line
        if kind == "customer_message":
            episode.asked_again = True
            if story.waiting_since is None:
                story.waiting_since = event.at
        elif kind == "bot_answer":
            episode.asked_again = False
            episode.answer_stands_since = event.at
            story.waiting_since = None
        elif kind == "bot_handoff":
            episode.answer_stands_since = None
            if story.waiting_since is None:
                story.waiting_since = event.at
        elif kind == "agent_reply":
            episode.answer_stands_since = None
            if story.waiting_since is not None:
                episode.waits.append((story.waiting_since, event.at))
                story.waiting_since = None
        elif kind == "assigned":
            moved = story.assignee is not None and line.get("to") is not None and story.assignee != line["to"]
            if moved and episode.replies:
                episode.reassigned += 1
        elif kind == "closed":
            if episode.closed is not None:
                return
            self.close(episode, Close(event.at, line.get("by") or "system"))
            confirmed = bool(line.get("confirmed"))
            free = not episode.handed_off and not episode.replies
            if line.get("by") == "bot" and episode.bot_answered and free and (confirmed or not episode.asked_again):
                episode.standing = Resolution(event.at, confirmed)
                episode.resolutions.append(episode.standing)
                episode.answer_stands_since = None
        episode.events.append(event)


def replay(world: World, window: int) -> list[Story]:
    """Every conversation that counts, in the order of its key."""
    keys = sorted(set(world.conversations) | set(world.events))
    stories = [Walk(world, key, window).run() for key in keys]
    return [story for story in stories if story.episodes and not story.excluded]
