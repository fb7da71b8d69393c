"""The team's part of a conversation: assignment, replies, notes, snoozes, handing over, closing, ratings."""

from funnel_tui.demo.world.calendar import DAY, HOUR, MINUTE
from funnel_tui.demo.world.chance import around
from funnel_tui.demo.world.company import Company
from funnel_tui.demo.world.people import AGENT
from funnel_tui.demo.world.script import NOBODY, OPERATOR, Draft
from funnel_tui.demo.world.topics import MORE, NOTES, THANKS, WORKING, Topic


class Desk:
    """The team at work on one conversation."""

    def __init__(self, company: Company, draft: Draft, topic: Topic, *, chat_within: int | None = None) -> None:
        self._company = company
        self._draft = draft
        self._topic = topic
        self._email = draft.script.channel == "email"
        self._chat_within = chat_within
        """Traffic of the moment (an incident, live): nobody leaves it for tomorrow. Usual seconds to a reply."""

    def work(self, rounds: int | None = None) -> None:
        """From a customer who waits to the close and what follows it within the hour or the next days."""
        draft, rng = self._draft, self._draft.rng
        if rounds is None:
            rounds = min(int(rng.expovariate(0.62)), 6)
        self.respond(self._topic.reply if rounds == 0 else WORKING[draft.script.id % len(WORKING)])
        for left in range(rounds, 0, -1):
            self._between()
            self._customer(rng.choice(MORE))
            self.respond(self._topic.reply if left == 1 else rng.choice(WORKING))
        self.close()

    def respond(self, text: str) -> None:
        """The next human reply, by whoever is there when it is due."""
        draft, rng, staff = self._draft, self._draft.rng, self._company.staff
        asked = draft.at
        if draft.team == NOBODY:
            draft.team = self._topic.team
        due = self._due(asked)
        agent = AGENT.get(draft.agent)
        if agent is not None and staff.away_for(agent, due) > 40 * MINUTE:
            other = staff.pick(rng, draft.team, due, other_than=agent.id)
            if draft.chance(0.2):
                draft.add_at("away_assign", asked + (due - asked) // 3, who=OPERATOR, to=NOBODY)
            draft.add_at("away_assign", asked + (due - asked) // 2, who=OPERATOR, to=other.id)
            agent = other
        elif agent is None:
            agent = staff.pick(rng, draft.team, due)
            if draft.chance(0.04):
                idle = staff.pick(rng, draft.team, due, other_than=agent.id)
                draft.add_at("assign", asked + (due - asked) // 4, who=OPERATOR, to=idle.id)
            if not draft.chance(0.05):
                by = OPERATOR if draft.chance(0.6) else agent.id
                taken = rng.randint(15, 150) if due - asked < HOUR else due - asked - rng.randint(60, 900)
                draft.add_at("assign", asked + min(taken, (due - asked) * 9 // 10), who=by, to=agent.id)
        draft.agent = agent.id
        if draft.chance(0.12):
            draft.add_at("note", due - min(20, max(1, (due - draft.at) // 2)), who=agent.id, text=rng.choice(NOTES))
        draft.add_at("reply", due, who=agent.id, text=text)
        draft.replies += 1
        if draft.replies == 1 and draft.chance(0.07):
            self._hand_over()

    def close(self) -> None:
        """After the last reply: thanks or not, the close, the rating."""
        draft, rng = self._draft, self._draft.rng
        thanked = draft.chance(0.27)
        if thanked:
            self._customer(rng.choice(THANKS))
        elif self._chat_within is None and draft.chance(0.07):
            self._snooze()
        if thanked or self._chat_within is not None or draft.chance(0.28):
            soon = (9 if self._chat_within is None else 3) * MINUTE
            draft.add("close", around(rng, soon, 0.9), who=draft.agent, text=self._last_words())
        elif draft.chance(0.08):
            draft.add("close", DAY + rng.uniform(0, 600), who=OPERATOR)
        else:
            due = draft.at + int(around(rng, 2.2 * HOUR, 0.9))
            if draft.chance(0.5):
                due = self._company.calendar.next_open(due) + rng.randint(0, 1200)
            closer = draft.agent
            if self._company.staff.away_for(AGENT[closer], due) > 0 and draft.chance(0.5):
                closer = self._company.staff.pick(rng, draft.team, due).id
            draft.add_at("close", due, who=closer, text=self._last_words() if closer == draft.agent else None)
        draft.closed = True
        rated = draft.agent
        if draft.chance(0.13):
            draft.add("unassign", 1, who=OPERATOR)
            draft.agent = NOBODY
        if draft.chance(0.62):
            self._rate(rated)

    def _due(self, asked: int) -> int:
        """When the reply comes: channel, load, the hour and the people decide."""
        company, rng = self._company, self._draft.rng
        calendar = company.calendar
        day = calendar.day(asked)
        load = company.slowness(day) * company.incidents.strain(day, asked)
        if self._draft.agent != NOBODY:
            load *= AGENT[self._draft.agent].pace
        if self._chat_within is not None:
            return asked + int(max(20, min(around(rng, self._chat_within * load, 0.7), 25 * MINUTE)))
        if calendar.is_open(asked):
            wait = around(rng, 70 * MINUTE, 0.8) if self._email else around(rng, 105, 0.85)
            if not self._email and rng.random() < 0.08:
                wait *= 12  # parked behind something harder
            due = asked + int(max(15, wait * load))
            if calendar.is_open(due) or not self._email:
                return due
            asked, left = due, 1.0  # nobody got to it today
        else:
            left = 0.7 if self._email else 0.16
        opening = calendar.next_open(asked)
        if rng.random() < left and calendar.hour(asked) > 6 and opening - asked < 16 * HOUR:
            return opening + int(around(rng, 22 * MINUTE, 0.8) * load)
        alone = 2.2 if calendar.opening(day) else 5.5  # hours: one person on call, at a weekend with much else to do
        patient = self._email or rng.random() < 0.04 * alone
        return asked + int(max(30, around(rng, alone * HOUR if patient else 4 * MINUTE, 0.9) * load))

    def _customer(self, text: str) -> None:
        rng = self._draft.rng
        wait = around(rng, 70 * MINUTE, 1.1) if self._email else around(rng, 3.2 * MINUTE, 1.0)
        if self._chat_within is not None:
            wait = min(wait, 20 * MINUTE)
        self._draft.add("customer", min(wait, 3 * DAY), text=text)

    def _between(self) -> None:
        """Sometimes something happens between a reply and the customer's next words."""
        draft = self._draft
        if draft.chance(0.05) and self._chat_within is None:
            self._snooze(woken=draft.chance(0.5))

    def _snooze(self, woken: bool = False) -> None:
        """Until the next morning; `woken`: the customer's next message comes first and wakes it."""
        draft, calendar = self._draft, self._company.calendar
        until = calendar.next_open(draft.at + draft.rng.randint(3, 20) * HOUR)
        draft.add("snooze", draft.rng.randint(20, 240), who=draft.agent, to=until)
        if woken:
            return
        if draft.chance(0.2) and until - draft.at > 2 * HOUR:
            draft.add("unsnooze", HOUR, who=draft.agent)
        else:
            draft.add_at("timer_unsnooze", max(until, draft.at + 1), who=OPERATOR)

    def _hand_over(self) -> None:
        """One teammate passes the conversation to another, now and then to another team."""
        draft, rng = self._draft, self._draft.rng
        by = draft.agent
        draft.add("note", rng.randint(30, 400), who=by, text="Could you take this one?")
        if draft.chance(0.35):
            draft.team = rng.choice([team for team in (501, 502, 503) if team != draft.team])
            draft.add("team", rng.randint(2, 20), who=by, to=draft.team)
        other = self._company.staff.pick(rng, draft.team, draft.at, other_than=by)
        draft.add(
            "assign",
            rng.randint(2, 60),
            who=by,
            to=other.id,
            text="I'm handing you to my colleague, who knows this best." if draft.chance(0.2) else None,
        )
        draft.agent = other.id
        draft.add("reply", around(rng, 6 * MINUTE, 0.8), who=other.id, text=rng.choice(WORKING))
        draft.replies += 1

    def _last_words(self) -> str | None:
        return "All done, I'm closing this. Just write if it comes back!" if self._draft.chance(0.08) else None

    def _rate(self, agent: int) -> None:
        draft, rng = self._draft, self._draft.rng
        draft.add("rating_asked", rng.randint(2, 20), who=agent)
        if not draft.chance(0.36):
            return
        skill = AGENT[agent].skill
        draft.add("rated", around(rng, 25 * MINUTE, 1.3), to=self._score(skill))
        if draft.chance(0.05):
            draft.add("rated", around(rng, 4 * HOUR, 1.0), to=5 if draft.chance(0.7) else 2)

    def _score(self, skill: float) -> int:
        better = 0.04 * self._company.progress(self._company.calendar.day(self._draft.at))
        if self._draft.chance(0.795 + 0.135 * skill + better):
            return 5 if self._draft.chance(0.72) else 4
        return self._draft.rng.choices((3, 2, 1), (40, 25, 35))[0]
