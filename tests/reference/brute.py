"""The reference: `compute`, `behind`, `bounds`, `previous`, `year_before`; slow and plain on purpose.

Where the text can be read in two ways, the reading taken here:

| # | where | open question | taken |
|---|---|---|---|
| 1 | reopen window, 24 h | is the edge inside | `<=` for windows: a return at exactly 7 d still continues; a word at exactly +24 h breaks the silence; a view exactly 24 h before counts; under 24 h is `<` |
| 2 | silence | what breaks it | customer message, human reply, said hand-off, a return; a new bot answer restarts it; notes, assignments, ratings, auto-replies, snoozing, the close by anybody do not |
| 3 | silence | after a human took part | the episode closes all the same (literal), it is just not bot-resolved |
| 4 | bot resolved | answered, then closed by customer, agent or system without a human reply | pending until 24 h of silence after the answer, then resolved (assumed), dated at the 24th hour |
| 5 | bot resolved | "thanks", then the bot's close | confirmed: resolved; not confirmed: asked again and got nothing |
| 6 | hand-off unsaid | when it reached the team | at the human reply; till then it is `with_bot` and nobody waits in the queue |
| 7 | first response, unsaid hand-off | the unanswered message | first customer message after the last bot answer or close before the human reply; none: no value |
| 8 | first response, several hand-offs | which | the first said one in the episode that precedes the first human reply |
| 9 | bot involved | what is taking part | bot answer, hand-off, or a close by the bot; not auto-replies, notes, workflows |
| 10 | bot involved first | before what | before the first human reply of the episode |
| 11 | events before the first customer message | count? | in nothing (greetings, replies, closes), but team, assignee, snooze, tags and exclusion are kept |
| 12 | reply after the close | how long after | within the reopen window it counts for its episode; later ones belong to nothing (an episode is final after 7 days) |
| 13 | rating after the close | how long after | for ever, it belongs to the latest episode |
| 14 | teammate-reopened episode | a customer writes later in it | that message is its start; first response is the first human reply after it |
| 15 | closed unanswered | teammate-reopened without any message | counted (literal) |
| 16 | reopened, reopen rate | humanly answered when | the episode has a human reply at the as-of moment, also after that close; silent and bot closes count as closes |
| 17 | outbound answered | which episodes leave `inbound` and seekers | all of the conversation; arrivals, funnel, bot, times and the article join keep them (literal) |
| 18 | wait after a reopen by a teammate | does it run again | no: the close ended it, only a new customer message or hand-off starts one |
| 19 | hand-off of a closed conversation | starts a wait | yes, but the queue shows it only while open |
| 20 | snooze | what ends it | `unsnoozed`, `reopened` also of what is open, any customer message, a close |
| 21 | reassignment | A, nobody, B | not one: human to human directly; needs a human reply before it in the episode |
| 22 | ratings with neither human nor bot in the episode | where | `human.csat` (only bot-only ones are elsewhere); the provider's "the bot was rated" flag is not read |
| 23 | csat response rate | which | episodes with a request in the period, not bot-only; rated at all |
| 24 | opened before 24 h | pending? | no: it can be judged. Pending is what is young and undecided. `opened` itself has no pending |
| 25 | article rate | several views of one viewer in the period | resolved if no start within 24 h after any of them; pending if undecided and the last one is young. `views`: n is the views of judged viewers; pending counts viewers |
| 26 | durable rate | unit | each resolution that ever stood, of episodes begun in the period; a return is a customer message or a reopen of the closed; "7 days" is the reopen window |
| 27 | quest | views before two episodes | belong to both; what remains is grouped within 24 h of its first |
| 28 | funnel | bot first, closed, neither resolved nor handed off | `bot` -> `team` -> `closed_unanswered`; also a handed-off episode that nobody human answered |
| 29 | funnel | `bot` node | bot involved before any human reply |
| 30 | share_resolved | pending | the funnel's `pending` |
| 31 | merge | does the primary take the history over | no: it keeps its own; the other one is excluded |
| 32 | viewer of a conversation with neither person nor session | who | the actor of its first customer message that has one; else somebody who is in no other conversation |
| 33 | a session tied to several persons | which | the tie known last; ties count from the record's moment on (a conversation's: its first event) |
| 34 | person is a teammate | session tied to a teammate | excluded too; agent records are undated: always known |
| 35 | queue.closes_1h, arrivals_1h | edges, withdrawn | `(as_of - 1 h, as_of]`; closes that stand |
| 36 | previous of a complete period | whole or cut | cut at the same elapsed days (February against 1-28 January), literal |
| 37 | `year`, after a leap day | same date or same elapsed | same start, cut at the same elapsed days (1 March 2028 against up to 2 March 2027) |
| 38 | filters | on metrics of several kinds of record | all their records must have the dimension: seekers, articles, funnel, share: `source`; receipts: `source`, `channel`; on duty: `source`, `team`, `agent` |
| 39 | same second, kinds not in the list | order | see `words.RANK`; equal kinds by their content |
| 40 | `direct` | "a bot answer in the episode before" | in the same episode, before it reached the team |
| 41 | a queue's filter by agent | whose | the last human replier of the running episode, else the assignee |
| 42 | conversation without any customer message | | in nothing, the queue included |
| 43 | customer returns to a bot that says nothing (golden 1 on Friday 14:05) | with the team yet? | no: `with_bot`, not waiting, till a hand-off is said or a human replies |
| 44 | a closed conversation's late bot answer or hand-off | | as row 12: inside the reopen window it counts, later it belongs to nothing |
"""  # noqa: E501

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from .figures import Answers, Figure, Question, Schedule, answer
from .periods import bounds, previous, year_before
from .words import DAY, Key, Line, read

__all__ = ["Figure", "behind", "bounds", "compute", "previous", "year_before"]

Filters = Mapping[str, Sequence[str]]


def answers(
    lines: Iterable[Line],
    *,
    start: int,
    end: int,
    as_of: int,
    zone: ZoneInfo,
    filters: Filters | None = None,
    article_rate: str = "viewers",
    reopen_window: int = 7 * DAY,
    office_hours: Schedule | None = None,
) -> Answers:
    question = Question(start, end, zone, filters or {}, article_rate, reopen_window, office_hours)
    return answer(read(lines, as_of), question)


def compute(lines: Iterable[Line], **question: Any) -> dict[str, Figure]:
    """Every figure of `[start, end)` as known at `as_of`; takes what `answers` takes.

    `funnel` is one of them: its value is `{"nodes": {id: count}, "links": {(source, target): count}}`, with all nodes
    always, links only where something flows.
    """
    return {metric: figure for metric, (figure, _) in answers(lines, **question).items()}


def behind(lines: Iterable[Line], metric: str, **question: Any) -> frozenset[Key]:
    """(workspace, conversation) of all that stand behind a count, below the line of a rate, or behind a time."""
    return answers(lines, **question)[metric][1]
