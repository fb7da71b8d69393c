"""What the team asks itself in its chat: questions, replies in threads, news, a bot. All invented."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from funnel_tui.demo.world.calendar import DAY, HOUR, MINUTE
from funnel_tui.demo.world.chance import around, poisson, stream
from funnel_tui.demo.world.company import Company
from funnel_tui.demo.world.people import AGENTS

ASK, ESCALATIONS = "ask-support", "escalations"
ROOMS = (ASK, ESCALATIONS)
BOT = "releases"
REACH = DAY
"""A day's threads have their last reply no later than this after it."""


@dataclass(frozen=True, slots=True)
class Post:
    """One message. `at` is in milliseconds and unique in its room."""

    at: int
    room: str
    user: str
    text: str
    root: int | None = None
    """The `at` of the message that it replies to in a thread."""
    bot: bool = False


_QUESTIONS = (
    ("How do I refund an annual plan that was upgraded in between?", "Refund the newer invoice, the older is settled."),
    ("Where do I see why a webhook was switched off?", "Admin > Deliveries, the last column."),
    ("Who owns the billing export?", "The finance squad; their rota is pinned."),
    ("Can we extend a trial twice?", "Once is ours to give, the second one goes through sales."),
    ("How do I move a workspace to another region?", "We can't, infrastructure does it: their form is in the runbook."),
    ("Does anyone know why sign-in codes arrive late today?", "The mail provider is slow, status page has it."),
    ("What do we tell customers who want the audit log as CSV?", "Plan it for them under Reports > Schedules."),
    ("Which plan has single sign-on now?", "Business and up since spring."),
    ("How do I restore a deleted project for somebody?", "Up to 30 days back: Admin > Projects > Deleted."),
    ("Is the importer meant to skip empty columns?", "Yes, there is a switch for it on the second page."),
)
_AGAIN = (
    "hey, how can we refund annual plans that were upgraded in between",
    "Where can I see why webhooks were switched off?",
    "Hi all, how do you restore deleted projects for a customer?",
)
_URGENT = (
    "Can somebody from engineering look at the stuck exports of our largest customer?",
    "Is the API error rate known?",
    "Two enterprise workspaces cannot sign in, who can take it?",
)
_NEWS = (
    "The deploy of the billing worker is through.",
    "Reminder: ratings are talked about on Thursday.",
    "New macros are in.",
)
_MORE = (
    "Thanks, that did it.",
    "I have put it into the article.",
    "Same here.",
    "Looking.",
    "Sorry, wrong link, this one works.",
)


class Chatter:
    """The messages of each day, the same for the same seed."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def posts(self, day: int) -> list[Post]:
        """Of the threads begun on a local day, in no order."""
        rng = stream(self._company.seed, "chatter", day)
        found: dict[int, Post] = {}
        for post in self._day(rng, day):
            found.setdefault(post.at, post)
        return list(found.values())

    def _day(self, rng: Random, day: int) -> Iterator[Post]:
        opening = self._company.calendar.opening(day)
        start, end = opening or (self._company.calendar.moment(day, 10), self._company.calendar.moment(day, 20))
        for _ in range(poisson(rng, 6.5 if opening else 0.7)):
            question, answer = rng.choice(_QUESTIONS)
            text = rng.choice(_AGAIN) if rng.random() < 0.2 else question
            yield from self._thread(rng, ASK, _moment(rng, start, end), text, answer)
        for _ in range(poisson(rng, 1.2 if opening else 0.2)):
            yield from self._thread(rng, ESCALATIONS, _moment(rng, start, end), rng.choice(_URGENT), "On it.")
        if opening and rng.random() < 0.6:
            yield Post(_moment(rng, start, end), ASK, _user(rng), rng.choice(_NEWS))
        if opening and rng.random() < 0.5:
            yield Post(_moment(rng, start, end), ESCALATIONS, BOT, "Release notes of today are out.", bot=True)

    def _thread(self, rng: Random, room: str, at: int, text: str, answer: str) -> Iterator[Post]:
        asker = _user(rng)
        yield Post(at, room, asker, text)
        if rng.random() < (0.12 if room == ASK else 0.04):
            return  # nobody knew
        others = [_user(rng, asker) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
        moment = at
        median = 9 * MINUTE if room == ASK else 4 * MINUTE
        for number, user in enumerate(others):
            moment += 1000 * int(min(around(rng, median, 1.1), 6 * HOUR)) + rng.randrange(1000)
            yield Post(moment, room, user, answer if number == 0 else rng.choice(_MORE), root=at)
        if rng.random() < 0.5:
            moment += 1000 * int(min(around(rng, 6 * MINUTE, 1.0), HOUR)) + rng.randrange(1000)
            yield Post(moment, room, asker, _MORE[0], root=at)


def _moment(rng: Random, start: int, end: int) -> int:
    return rng.randrange(start * 1000, end * 1000)


def _user(rng: Random, other_than: str | None = None) -> str:
    names = [agent.name.split()[0].lower() for agent in AGENTS]
    return rng.choice([name for name in names if name != other_than])
