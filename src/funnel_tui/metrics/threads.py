"""From a number about chat channels to the threads behind it, and from one of those to its messages."""

from funnel_tui.metrics.internal import LISTS, MEMORY, asked
from funnel_tui.model.records import Kind
from funnel_tui.model.values import ConversationRow, Timeline, TimelineEntry
from funnel_tui.store.questions import Question
from funnel_tui.store.reader import Reader
from funnel_tui.store.scope import Scope

__all__ = ["LISTS", "TIMED", "behind", "placed", "timeline"]

TIMED = frozenset({"internal.first_reply.median"})
"""Metrics of the time to a first reply."""


def behind(reader: Reader, metric: str, scope: Scope, limit: int | None) -> list[ConversationRow]:
    """The questions behind a metric of chat channels, latest first."""
    return [row for _, row in placed(reader, metric, scope, limit)]


def placed(reader: Reader, metric: str, scope: Scope, limit: int | None = None) -> list[tuple[int, ConversationRow]]:
    """The same, each with the moment that places it in the period."""
    found = asked(reader.questions(scope, scope.start - MEMORY), scope.start, scope.until)
    if metric == "internal.interruptions":
        replies = [
            (at, question)
            for question in dict.fromkeys(found.interrupted)
            for at, _ in question.answers
            if scope.start <= at < scope.until
        ]
    elif metric in TIMED:
        replies = [(question.answers[0][0], question) for question in found.answered]
    else:
        replies = [(question.at, question) for question in LISTS[metric](found)]
    return [(at, _question(question)) for at, question in replies[::-1][:limit]]


def _question(question: Question) -> ConversationRow:
    first = question.answers[0] if question.answers else None
    waited = None if first is None else max(0, first[0] - question.at)
    return ConversationRow(
        source=question.source,
        id=question.id,
        url=question.url,
        subject=" ".join((question.text or "").split()) or None,
        state="open" if first is None else "closed",
        channel=question.channel,
        team=None,
        agent=None if first is None else first[1],
        tags=(),
        created_at=question.at,
        waiting_since=question.at if first is None else None,
        first_response_seconds=waited,
        closed_at=None,
        rating=None,
        value=waited,
    )


def timeline(reader: Reader, source: str, id: str, as_of: int) -> Timeline | None:
    """A chat thread as a timeline: who began it is the customer of those who reply."""
    found = reader.chat(source, id, as_of)
    if found is None or not found[2]:
        return None
    channel, url, messages = found
    first = messages[0]
    others = [message for message in messages if not message.bot and message.person != first.person]
    question = Question(
        source, id, url, channel, first.at, first.person, first.text,
        tuple((message.at, message.person or "") for message in others),
    )  # fmt: skip
    entries = tuple(
        TimelineEntry(
            message.at,
            Kind.CUSTOMER_MESSAGE if message.person == first.person else Kind.AGENT_REPLY,
            message.person,
            "bot" if message.bot else "customer" if message.person == first.person else "agent",
            message.text,
            wait=max(0, message.at - first.at) if others and message is others[0] else None,
        )
        for message in messages
    )
    return Timeline(_question(question), entries)
