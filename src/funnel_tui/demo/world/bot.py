"""The bot's part of a conversation: answers, resolutions, hand-offs, customers who ask again."""

from enum import Enum

from funnel_tui.demo.world.calendar import DAY, HOUR
from funnel_tui.demo.world.chance import around
from funnel_tui.demo.world.script import FIN, OPERATOR, Draft
from funnel_tui.demo.world.topics import AGAIN, THANKS, Topic


class Outcome(Enum):
    RESOLVED = "resolved"
    """Closed on confirmation or by silence."""
    TEAM = "team"
    """Handed off, said so."""
    BARGED_IN = "barged in"
    """A teammate is about to reply without any hand-off."""
    LOST = "lost"
    """The customer asked again and nobody ever answered."""


_REASONS = ("escalated", "negative_feedback", "procedure_handoff")


def serve(draft: Draft, topic: Topic, quality: float) -> Outcome:
    """Let Fin try. The customer has just written; on return the draft stands at the outcome's moment."""
    rng = draft.rng
    if draft.chance(0.13):
        draft.add("botsay", rng.uniform(3, 8), who=FIN, text="Could you tell me a little more?")
        draft.add("customer", around(rng, 55, 0.6), text=rng.choice(topic.asks))
    if draft.chance(0.06):
        return _hand_off(draft, topic, "procedure_handoff")
    skill = topic.bot * quality
    draft.add("answer", rng.uniform(3, 14), who=FIN, text=topic.answer)
    if draft.chance(skill * 0.95):
        return _resolve(draft)
    if draft.chance(0.012):
        return _abandon(draft)
    if draft.chance(0.03):
        return Outcome.BARGED_IN
    if draft.chance(0.3):
        draft.add("button", around(rng, 50, 0.7), text="Talk to a person")
        return _hand_off(draft, topic, "escalated")
    draft.add("customer", around(rng, 75, 0.8), text=rng.choice(AGAIN))
    if draft.chance(0.45):
        draft.add("answer", rng.uniform(4, 15), who=FIN, text=topic.answer)
        if draft.chance(skill * 0.75):
            return _resolve(draft)
        draft.add("customer", around(rng, 60, 0.8), text=rng.choice(AGAIN))
    return _hand_off(draft, topic, rng.choices(_REASONS, (60, 30, 10))[0])


def _hand_off(draft: Draft, topic: Topic, state: str) -> Outcome:
    if draft.chance(0.5):
        draft.add("botsay", draft.rng.uniform(2, 6), who=FIN, text="I'm passing you on to my colleagues.")
    draft.add("handoff", draft.rng.uniform(2, 9), who=FIN, text=state, to=topic.team)
    draft.team = topic.team
    return Outcome.TEAM


def _resolve(draft: Draft) -> Outcome:
    rng = draft.rng
    if draft.chance(0.46):
        if draft.chance(0.8):
            draft.add("button", around(rng, 70, 0.9), text="That helped 👍")
        else:
            draft.add("customer", around(rng, 80, 0.9), text=rng.choice(THANKS))
        draft.add("close", rng.uniform(1, 4), who=FIN)
        if draft.chance(0.22):
            draft.add("bot_rated", around(rng, 60, 0.8), to=_score(draft, 0.84))
    else:
        if draft.chance(0.08):
            draft.add("bot_rated", around(rng, 90, 0.8), to=_score(draft, 0.76))
        answered = draft.script.entries[-1].at
        for entry in reversed(draft.script.entries):
            if entry.kind == "answer":
                answered = entry.at
                break
        draft.add_at("assumed", answered + DAY, who=FIN)
        draft.add("close", rng.uniform(20, 400), who=OPERATOR)
    draft.closed = True
    return Outcome.RESOLVED


def _abandon(draft: Draft) -> Outcome:
    """The customer asks again in the evening of a bad day, and a workflow closes it the next day."""
    draft.add("customer", around(draft.rng, 90, 0.8), text=draft.rng.choice(AGAIN))
    draft.add("close", draft.rng.uniform(9, 26) * HOUR, who=OPERATOR)
    draft.closed = True
    return Outcome.LOST


def _score(draft: Draft, good: float) -> int:
    return draft.rng.choice((5, 5, 5, 4, 4)) if draft.chance(good) else draft.rng.choice((3, 2, 1))
