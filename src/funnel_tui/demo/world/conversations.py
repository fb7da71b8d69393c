"""One conversation from beginning to end: channel, bot, team, and what comes after."""

from funnel_tui.demo.world import bot
from funnel_tui.demo.world.calendar import DAY, HOUR
from funnel_tui.demo.world.chance import around, stream
from funnel_tui.demo.world.company import Company
from funnel_tui.demo.world.demand import Arrival, someone
from funnel_tui.demo.world.people import AGENT
from funnel_tui.demo.world.script import FIN, OPERATOR, Draft, Script
from funnel_tui.demo.world.team import Desk
from funnel_tui.demo.world.topics import APP, BY_KEY, HELP_CENTER, RETURN, THANKS, Topic

LIFETIME = 45 * DAY
"""No conversation has a trace later than this after its beginning."""


def write(company: Company, arrival: Arrival) -> Script:
    """The whole script of an arrival; the same arrival always gives the same script."""
    rng = stream(company.seed, "conversation", arrival.id)
    topic = arrival.topic
    person = arrival.receipt.person if arrival.receipt else someone(rng)
    email = rng.random() < 0.24 and arrival.chat_within is None and arrival.origin == "customer_initiated"
    article = not email and arrival.origin == "customer_initiated" and rng.random() < topic.from_article
    url = None if email else f"{HELP_CENTER}/{topic.article}" if article else f"{APP}/{topic.key.replace(' ', '-')}"
    ask = rng.choice(topic.asks)
    script = Script(
        arrival.id,
        person,
        topic.key,
        "email" if email else "messenger",
        arrival.origin,
        topic.key.capitalize() if email else "",
        url,
    )
    draft = Draft(script, rng, arrival.at)
    if arrival.origin == "admin_initiated":
        _outbound(company, draft, topic)
    else:
        _inbound(company, draft, arrival, ask)
    script.entries = [entry for entry in script.entries if entry.at < arrival.at + LIFETIME]
    return script


def _inbound(company: Company, draft: Draft, arrival: Arrival, ask: str) -> None:
    topic, rng = arrival.topic, draft.rng
    day = company.calendar.day(arrival.at)
    if arrival.receipt is not None:
        draft.add("series", who=_sender(arrival.receipt.person), text=arrival.receipt.campaign.title)
        draft.add("customer", 1, text=ask)
    elif arrival.origin == "operator_initiated":
        draft.add("greeting", who=OPERATOR, text="Hello! What can we do for you?")
        draft.add("customer", around(rng, 30, 0.6), text=ask)
    else:
        draft.add("customer", text=ask)
    if draft.chance(0.008):
        _spam(company, draft)
        return
    if draft.chance(0.35):
        draft.add("attribute", 1, who=OPERATOR, text="Subject area")
    desk = Desk(company, draft, topic, chat_within=arrival.chat_within)
    outcome = bot.Outcome.TEAM
    if draft.chance(0.45 if draft.script.channel == "email" else 0.88) and arrival.receipt is None:
        outcome = bot.serve(draft, topic, company.bot_quality(day))
    else:
        draft.team = topic.team
        draft.add("team", rng.randint(1, 4), who=OPERATOR, to=topic.team)
        if not company.calendar.is_open(draft.at) and draft.chance(0.7):
            draft.add("auto", 2, who=OPERATOR, text="We are back at nine and will answer as soon as we can.")
    if outcome is bot.Outcome.LOST:
        return
    if outcome is not bot.Outcome.RESOLVED:
        if draft.chance(0.015):
            _gives_up(draft)
            return
        desk.work()
    _tag(draft, topic)
    _afterwards(company, draft, desk, answered_by_bot=outcome is bot.Outcome.RESOLVED)


def _outbound(company: Company, draft: Draft, topic: Topic) -> None:
    """A teammate writes first; somewhat more than half of the customers never answer."""
    agent = company.staff.pick(draft.rng, topic.team, draft.at)
    draft.add("reply", who=agent.id, text="Hello, I saw that something went wrong on your side. Can I help?")
    draft.team, draft.agent, draft.replies = topic.team, agent.id, 1
    draft.add("team", 1, who=agent.id, to=topic.team)
    draft.add("assign", 1, who=agent.id, to=agent.id)
    if draft.chance(0.55):
        draft.add("close", 3 * DAY, who=agent.id)
        return
    draft.add("customer", around(draft.rng, 2 * HOUR, 1.0), text=draft.rng.choice(topic.asks))
    Desk(company, draft, topic).work()


def _afterwards(company: Company, draft: Draft, desk: Desk, *, answered_by_bot: bool) -> None:
    """Returns within the week and after it, teammates who look again, deletions."""
    rng = draft.rng
    fate = rng.random()
    if fate < 0.047:
        _come_back(company, draft, desk, around(rng, 20 * HOUR, 1.0), longest=6.5 * DAY)
    elif fate < 0.068:
        _come_back(company, draft, desk, rng.uniform(8 * DAY, 20 * DAY), longest=20 * DAY)
    elif fate < 0.074 and not answered_by_bot:
        _look_again(company, draft)
    if draft.chance(0.005):
        draft.add("deleted", rng.uniform(HOUR, 9 * DAY))


def _come_back(company: Company, draft: Draft, desk: Desk, after: float, longest: float) -> None:
    """Time runs from the close; what came after it (ratings) only pushes it further."""
    closed = next(entry.at for entry in reversed(draft.script.entries) if entry.kind == "close")
    at = closed + int(min(after, longest))
    if at <= draft.at + 60:
        at = draft.at + 60
    draft.add_at("customer", at, text=draft.rng.choice(RETURN))
    draft.closed = False
    if draft.replies == 0:
        draft.add("handoff", draft.rng.uniform(2, 9), who=FIN, text="escalated", to=_team(draft))
        draft.team = _team(draft)
    desk.work(rounds=int(draft.rng.random() < 0.4))


def _look_again(company: Company, draft: Draft) -> None:
    """A teammate opens a closed conversation though nobody wrote, adds a note and closes it again."""
    at = company.calendar.next_open(draft.at + draft.rng.randint(2, 60) * HOUR)
    agent = company.staff.pick(draft.rng, draft.team, at)
    given = agent.id if draft.chance(0.5) else 0
    draft.add_at("reopen", at, who=agent.id, to=given)
    draft.add("note", draft.rng.randint(30, 300), who=agent.id, text="Checked once more, all is well")
    draft.add("close", draft.rng.randint(60, 1200), who=agent.id)


def _spam(company: Company, draft: Draft) -> None:
    """Nobody answers it: an admin tags and closes it."""
    at = company.calendar.next_open(draft.at + draft.rng.randint(300, 3600))
    agent = company.staff.pick(draft.rng, 501, at)
    draft.add_at("tag", at, who=agent.id, text="spam")
    draft.add("close", 2, who=agent.id)


def _gives_up(draft: Draft) -> None:
    """The customer found it out before anybody replied; a workflow closes it unanswered by people."""
    draft.add("customer", around(draft.rng, 9 * 60, 0.8), text="Never mind, found it. " + draft.rng.choice(THANKS))
    draft.add("close", 20 * 60, who=OPERATOR)


def _tag(draft: Draft, topic: Topic) -> None:
    """Tags are set early by a workflow; written into the script where the second entry stands.

    Without a draw: what was drawn for later must not decide what stood there before.
    """
    entries = draft.script.entries
    at = entries[1].at if len(entries) > 1 else entries[0].at
    names = topic.key + (",vip" if draft.script.id % 20 == 7 else "")
    entries.insert(2, entries[0]._replace(at=at, kind="tag", who=OPERATOR, text=names, to=0))


def _sender(person: int) -> int:
    """Series are signed by a teammate who did not write them."""
    return tuple(AGENT)[person % len(AGENT)]


def _team(draft: Draft) -> int:
    return BY_KEY[draft.script.topic].team
