"""Questions inside the team's chat channels.

A question belongs to the period in which it was asked, a first reply and an interruption to the one in which they
happened. Whether a message is a question at all is a guess (`model/asking.py`), and so is whether it was asked before.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from funnel_tui.model.asking import alike, topic
from funnel_tui.store.populations import DAY
from funnel_tui.store.questions import Question

MEMORY = 90 * DAY
"""So far back a question is looked for that asked the same."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a window holds."""

    questions: tuple[Question, ...]
    unanswered: tuple[Question, ...]
    """Of them, those to which nobody else has replied by now."""
    answered: tuple[Question, ...]
    """Those whose first reply came in the window."""
    first_replies: tuple[int, ...]
    """Seconds from each of them to that reply, sorted."""
    repeated: tuple[Question, ...]
    """Of `questions`, those like one asked before."""
    interrupted: tuple[Question, ...]
    """Those that somebody first replied to in the window, once for each who did."""


def asked(found: Sequence[Question], start: int, until: int) -> Asked:
    """`found` as `Reader.questions(scope, start - MEMORY)` gives them; the window is `[start, until)`."""
    inside = tuple(question for question in found if start <= question.at < until)
    answered = [q for q in found if q.answers and start <= q.answers[0][0] < until]
    return Asked(
        inside,
        tuple(question for question in inside if not question.answers),
        tuple(answered),
        tuple(sorted(max(0, q.answers[0][0] - q.at) for q in answered)),
        tuple(_repeated(found, start, until)),
        tuple(q for q in found for at, _ in q.answers if start <= at < until),
    )


LISTS: Mapping[str, Callable[[Asked], Sequence[Question]]] = {
    "internal.questions": lambda asked: asked.questions,
    "internal.unanswered": lambda asked: asked.unanswered,
    "internal.first_reply.median": lambda asked: asked.answered,
    "internal.repeated": lambda asked: asked.repeated,
    "internal.interruptions": lambda asked: asked.interrupted,
}
"""The questions behind each metric, once for each time that they count."""


def _repeated(found: Sequence[Question], start: int, until: int) -> list[Question]:
    """Compared only with what shares a word: most questions share none."""
    topics = [topic(question.text) for question in found]
    with_word: dict[str, list[int]] = {}
    again = []
    for number, question in enumerate(found):
        if start <= question.at < until:
            others = {other for word in topics[number] for other in with_word.get(word, ())}
            if any(
                found[other].source == question.source
                and found[other].at >= question.at - MEMORY
                and alike(topics[number], topics[other])
                for other in others
            ):
                again.append(question)
        for word in topics[number]:
            with_word.setdefault(word, []).append(number)
    return again
