"""Every figure of the catalogue from the replayed conversations: one plain count at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from .funnel import Quest, before, flow, quests
from .periods import midnight
from .replay import Close, Episode, Story, replay
from .words import DAY, HOUR, Key, Line, Viewer, World


class Schedule(Protocol):
    """Working hours in the report zone, as the program's settings have them."""

    @property
    def days(self) -> Any: ...
    @property
    def start_minute(self) -> int: ...
    @property
    def end_minute(self) -> int: ...
    @property
    def holidays(self) -> Any: ...


@dataclass(frozen=True)
class Figure:
    value: Any
    n: int | None = None
    pending: int | None = None
    available: bool = True
    """False where a filter names a dimension that the metric's records do not have."""


@dataclass(frozen=True)
class Question:
    start: int
    end: int
    zone: ZoneInfo
    filters: Mapping[str, Sequence[str]]
    article_rate: str
    window: int
    schedule: Schedule | None

    def holds(self, at: int | None) -> bool:
        return at is not None and self.start <= at < self.end


Answers = dict[str, tuple[Figure, frozenset[Key]]]
"""Each figure with the conversations behind it."""


def median(values: Iterable[float]) -> float | None:
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    return float(ordered[middle]) if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def p90(values: Iterable[float]) -> float | None:
    """The smallest value that at least 90 % do not exceed."""
    ordered = sorted(values)
    return next((float(v) for v in ordered if 10 * sum(w <= v for w in ordered) >= 9 * len(ordered)), None)


def ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def wilson(good: int, n: int) -> tuple[float | None, float | None]:
    """95 % interval of a share."""
    if not n:
        return None, None
    z = 1.959963984540054
    share = good / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5 / (1 + z * z / n)
    return centre - half, centre + half


def office_seconds(begin: int, end: int, schedule: Schedule, zone: ZoneInfo) -> int:
    """Seconds of `[begin, end)` inside office hours."""
    total = 0
    day = datetime.fromtimestamp(begin, zone).date() - timedelta(days=1)
    while midnight(day, zone) < end:
        if day.weekday() in schedule.days and day not in schedule.holidays:
            opens, shuts = (wall(day, minute, zone) for minute in (schedule.start_minute, schedule.end_minute))
            total += max(0, min(end, shuts) - max(begin, opens))
        day += timedelta(days=1)
    return total


def office_due(begin: int, seconds: int, schedule: Schedule, zone: ZoneInfo) -> int:
    """When so many office seconds after `begin` are over."""
    low, high = begin, begin + 400 * DAY
    while low < high:
        middle = (low + high) // 2
        if office_seconds(begin, middle, schedule, zone) >= seconds:
            high = middle
        else:
            low = middle + 1
    return low


def wall(day: Any, minute: int, zone: ZoneInfo) -> int:
    if minute >= 24 * 60:
        return midnight(day + timedelta(days=1), zone)
    return int(datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone).timestamp())


def names(world: World, kind: str, key: Key, value: str | None) -> set[str]:
    """What a filter value may say for this id: the id itself and, of an agent, the name."""
    found = set() if value is None else {str(value).casefold()}
    agent = world.agents.get((key[0], str(value)))
    if kind == "agent" and agent is not None and agent.get("name"):
        found.add(str(agent["name"]).casefold())
    return found


def admits(filters: Mapping[str, Sequence[str]], dimensions: Mapping[str, set[str]]) -> bool:
    """Values of one key are "or", keys are "and"; `none` also stands for having no value."""

    def one(wanted: set[str], has: set[str]) -> bool:
        return bool(wanted & has) or ("none" in wanted and not has)

    return all(one({str(v).casefold() for v in wanted}, dimensions[key]) for key, wanted in filters.items() if wanted)


def dimensions(world: World, story: Story, episode: Episode | None) -> dict[str, set[str]]:
    key = story.key
    return {
        "source": {key[0].casefold()},
        "channel": names(world, "channel", key, story.channel),
        "origin": names(world, "origin", key, story.origin),
        "team": names(world, "team", key, story.team),
        "tag": {tag.casefold() for tag in story.tags},
        "agent": names(world, "agent", key, episode.agent if episode else None),
    }


class Book:
    """Collects answers; a list of episodes or conversations behind each."""

    def __init__(self) -> None:
        self.answers: Answers = {}

    def put(self, metric: str, figure: Figure, behind: Iterable[Episode] = ()) -> None:
        self.answers[metric] = (figure, frozenset(e.conversation for e in behind))

    def count(self, metric: str, episodes: Sequence[Episode]) -> None:
        self.put(metric, Figure(len(episodes)), episodes)

    def rate(self, metric: str, part: int, whole: Sequence[Episode], pending: int | None = None) -> None:
        self.put(metric, Figure(ratio(part, len(whole)), len(whole), pending), whole)

    def times(self, metric: str, values: Sequence[tuple[float, Episode]]) -> None:
        numbers = [value for value, _ in values]
        behind = [episode for _, episode in values]
        self.put(f"{metric}.median", Figure(median(numbers), len(numbers)), behind)
        self.put(f"{metric}.p90", Figure(p90(numbers), len(numbers)), behind)


def proactive(book: Book, world: World, q: Question) -> int:
    def known(line: Line, name: str) -> bool:
        return line.get(name) is not None and line[name] <= world.as_of

    receipts = [
        line
        for (workspace, _), line in world.receipts.items()
        if admits(
            {k: v for k, v in q.filters.items() if k in ("source", "channel")},
            {
                "source": {workspace.casefold()},
                "channel": names(world, "channel", (workspace, ""), line.get("channel")),
            },
        )
    ]
    cohort = [line for line in receipts if known(line, "delivered_at") and q.holds(line["delivered_at"])]
    opened = [line for line in cohort if known(line, "opened_at")]
    young = [r for r in cohort if not known(r, "opened_at") and world.as_of - r["delivered_at"] < DAY]
    judged = len(cohort) - len(young)
    book.put("proactive.delivered", Figure(len(cohort)))
    book.put("proactive.opened", Figure(len(opened)))
    book.put("proactive.open_rate", Figure(ratio(len(opened), judged), judged, len(young)))
    book.put("proactive.clicked", Figure(sum(known(r, "clicked_at") for r in cohort)))
    book.put("proactive.replied", Figure(sum(known(r, "replied_at") for r in cohort)))
    bounced = [r for r in receipts if known(r, "bounced_at") and q.holds(r["bounced_at"])]
    book.put("proactive.bounced", Figure(len(bounced)))
    return len(cohort)


def articles(book: Book, world: World, q: Question, episodes: Sequence[Episode], inbound: Sequence[Episode]) -> int:
    """The article metrics and the seekers; how many seekers."""
    source = {value.casefold() for value in q.filters.get("source", ())}
    views = [v for v in world.views if q.holds(v.at) and (not source or v.viewer[0].casefold() in source)]
    starters = [e for e in inbound if q.holds(e.start) and e.viewer is not None]
    viewers: set[Viewer] = {view.viewer for view in views}
    seekers = viewers | {e.viewer for e in starters if e.viewer is not None}
    resolved, young = set(), set()
    for viewer in viewers:
        mine = [view for view in views if view.viewer == viewer]
        if any(before(view, episode) for view in mine for episode in episodes):
            continue
        if any(world.as_of - view.at < DAY for view in mine):
            young.add(viewer)
        else:
            resolved.add(viewer)
    n = len(viewers) - len(young)
    if q.article_rate == "views":
        n = sum(view.viewer not in young for view in views)
    book.put("selfserve.seekers", Figure(len(seekers)), starters)
    book.put("selfserve.article_views", Figure(len(views)))
    book.put("selfserve.article_viewers", Figure(len(viewers)))
    book.put("selfserve.article_resolution_rate", Figure(ratio(len(resolved), n), n, len(young)))
    return len(seekers)


def bot(book: Book, world: World, q: Question, episodes: Sequence[Episode]) -> None:
    cohort = [e for e in episodes if q.holds(e.start)]
    answered = [e for e in cohort if e.bot_answered]
    resolved = [e for e in cohort if e.bot_resolved]
    judged = [e for e in answered if not e.pending]
    book.count("selfserve.bot_involved", [e for e in cohort if e.bot_steps])
    book.count("selfserve.bot_answered", answered)
    book.count("selfserve.bot_resolved", resolved)
    book.count("selfserve.bot_handed_off", [e for e in cohort if e.handed_off])
    book.count("selfserve.bot_resolved_confirmed", [e for e in resolved if e.standing and e.standing.confirmed])
    book.count("selfserve.bot_resolved_assumed", [e for e in resolved if e.standing and not e.standing.confirmed])
    book.rate("selfserve.bot_resolution_rate", len(resolved), judged, len(answered) - len(judged))
    old = [(r, e) for e in cohort for r in e.resolutions if world.as_of - r.at >= q.window]
    book.rate("selfserve.bot_durable_rate", sum(not r.returned for r, _ in old), [e for _, e in old])


def human(book: Book, q: Question, episodes: Sequence[Episode], inbound: Sequence[Episode], world: World) -> None:
    reached = [e for e in inbound if q.holds(e.reached_at)]
    helped = [e for e in reached if tried_selfserve(e, world)]
    closed = [e for e in episodes if q.holds(e.closed_at)]
    done = [e for e in closed if e.replies]
    book.count("human.inbound", reached)
    book.count("human.direct", [e for e in reached if e not in helped])
    book.count("human.after_selfserve", helped)
    book.count("human.resolved", done)
    book.count("human.closed_unanswered", [e for e in closed if not e.replies and not e.bot_answered])
    responses = [(r, e) for e in episodes if (r := e.first_response) is not None and q.holds(r[1])]
    felt = [(r, e) for e in episodes if (r := e.first_response_felt) is not None and q.holds(r[1])]
    book.times("human.first_response", [(b - a, e) for (a, b), e in responses])
    book.times("human.first_response_felt", [(b - a, e) for (a, b), e in felt])
    office = q.schedule
    book.times(
        "human.first_response_office",
        [] if office is None else [(office_seconds(a, b, office, q.zone), e) for (a, b), e in responses],
    )
    book.times("human.response", [(b - a, e) for e in episodes for a, b in e.waits if q.holds(b)])
    book.times(
        "human.time_to_close",
        [(e.closed_at - e.start, e) for e in done if e.start is not None and e.closed_at is not None],
    )
    behind = [e for _, e in responses]
    book.rate("human.within_1m", sum(b - a <= 60 for (a, b), _ in responses), behind)
    book.rate("human.within_10m", sum(b - a <= 600 for (a, b), _ in responses), behind)
    closes: list[tuple[Close, Episode]] = [(c, e) for e in episodes if e.replies for c in e.closes if q.holds(c.at)]
    withdrawn = [e for c, e in closes if c.withdrawn]
    book.count("human.reopened", withdrawn)
    book.rate("human.reopen_rate", len(withdrawn), [e for _, e in closes])
    book.put("human.reassigned", Figure(sum(e.reassigned for e in done)), [e for e in done if e.reassigned])
    once = sum(len(e.replies) == 1 and not any(c.withdrawn for c in e.closes) for e in done)
    book.rate("human.one_touch_rate", once, done)
    replies, switches = sum(len(e.replies) for e in done), sum(e.switches for e in done)
    book.put("human.replies_per_close", Figure(ratio(replies, len(done)), len(done)), done)
    book.put("human.ping_pong", Figure(ratio(switches, len(done)), len(done)), done)


def tried_selfserve(episode: Episode, world: World) -> bool:
    """A bot answer in the episode before it reached the team, or an article view in the 24 hours before it."""
    if any(before(view, episode) for view in world.views):
        return True
    if not episode.bot_first:
        return False
    position = episode.first("bot_handoff", "agent_reply")
    return any(e.kind == "bot_answer" for e in episode.events[:position])


def ratings(book: Book, q: Question, episodes: Sequence[Episode]) -> None:
    def bot_only(episode: Episode) -> bool:
        return bool(episode.bot_steps) and not episode.replies

    def counts(episode: Episode) -> bool:
        """Rated, and not just the bot in an episode that a human took over."""
        return bool(episode.ratings) and not (episode.ratings[-1][2] and episode.replies)

    rated = [e for e in episodes if counts(e) and q.holds(e.ratings[-1][0])]
    people = [e for e in rated if not bot_only(e)]
    machine = [e for e in rated if bot_only(e)]
    good = sum(e.ratings[-1][1] >= 4 for e in people)
    low, high = wilson(good, len(people))
    book.rate("human.csat", good, people)
    book.count("human.csat_n", people)
    book.put("human.csat_low", Figure(low, len(people)), people)
    book.put("human.csat_high", Figure(high, len(people)), people)
    asked = [e for e in episodes if any(q.holds(at) for at in e.asked) and not bot_only(e)]
    book.rate("human.csat_response_rate", sum(counts(e) for e in asked), asked)
    book.rate("selfserve.bot_csat", sum(e.ratings[-1][1] >= 4 for e in machine), machine)


def queue(book: Book, world: World, stories: Sequence[Story], episodes: Sequence[Episode], q: Question) -> None:
    def now(story: Story) -> Episode:
        return story.episodes[-1]

    chosen = [s for s in stories if admits(q.filters, dimensions(world, s, now(s)))]
    opened = [s for s in chosen if s.state == "open"]
    waiting = [s for s in opened if s.waiting_since is not None]
    ages = [world.as_of - s.waiting_since for s in waiting if s.waiting_since is not None]
    book.count("queue.open", [now(s) for s in opened])
    book.count("queue.unassigned", [now(s) for s in opened if s.assignee is None])
    book.count("queue.waiting", [now(s) for s in waiting])
    book.count("queue.snoozed", [now(s) for s in chosen if s.state == "snoozed"])
    book.count("queue.with_bot", [now(s) for s in chosen if s.state == "with_bot"])
    book.put("queue.oldest_wait", Figure(max(ages, default=None), len(ages)), map(now, waiting))
    book.put("queue.median_wait", Figure(median(ages), len(ages)), map(now, waiting))

    def lately(at: int | None) -> bool:
        return at is not None and world.as_of - HOUR < at <= world.as_of

    book.count("queue.arrivals_1h", [e for e in episodes if lately(e.reached_at)])
    book.count("queue.closes_1h", [e for e in episodes if e.replies and lately(e.closed_at)])
    agents = [
        key
        for key, line in world.agents.items()
        if not line.get("away")
        and admits(
            {k: v for k, v in q.filters.items() if k in ("source", "team", "agent")},
            {
                "source": {key[0].casefold()},
                "team": names(world, "team", key, line.get("team")),
                "agent": names(world, "agent", key, key[1]),
            },
        )
    ]
    book.put("queue.on_duty", Figure(len(agents)))


def available(metric: str, filters: Mapping[str, Sequence[str]]) -> bool:
    """Whether the metric's records have every dimension that is filtered by."""
    asked = {key for key, wanted in filters.items() if wanted}
    if metric in ("funnel", "selfserve.seekers", "selfserve.share_resolved", "proactive.per_seeker"):
        return asked <= {"source"}
    if metric.startswith("selfserve.article_"):
        return asked <= {"source"}
    if metric.startswith("proactive."):
        return asked <= {"source", "channel"}
    if metric == "queue.on_duty":
        return asked <= {"source", "team", "agent"}
    return True


def answer(world: World, q: Question) -> Answers:
    book = Book()
    stories = replay(world, q.window)
    pairs = [(s, e) for s in stories for e in s.episodes if admits(q.filters, dimensions(world, s, e))]
    episodes = [e for _, e in pairs]
    inbound = [e for s, e in pairs if not s.outbound]
    delivered = proactive(book, world, q)
    seekers = articles(book, world, q, [e for s in stories for e in s.episodes], inbound)
    book.put("proactive.per_seeker", Figure(ratio(delivered, seekers), seekers))
    bot(book, world, q, episodes)
    human(book, q, episodes, inbound, world)
    ratings(book, q, episodes)
    queue(book, world, stories, episodes, q)
    source = {value.casefold() for value in q.filters.get("source", ())}
    cohort: list[Quest] = [
        quest
        for quest in quests(world, [e for s in stories for e in s.episodes])
        if q.holds(quest.begun) and (not source or quest.workspace.casefold() in source)
    ]
    flows = flow(cohort)
    nodes: Any = flows["nodes"]
    book.put("funnel", Figure(flows), [quest.episode for quest in cohort if quest.episode])
    self_served = nodes["article_resolved"] + nodes["bot_resolved"]
    n = self_served + nodes["team_resolved"]
    book.put("selfserve.share_resolved", Figure(ratio(self_served, n), n, nodes["pending"]))
    return {
        metric: (figure, behind) if available(metric, q.filters) else (Figure(None, available=False), frozenset())
        for metric, (figure, behind) in book.answers.items()
    }
