"""Ratings of either system: good and bad, or surveys with a scale. An account has one of them; both are asked.

They are dated by their last change, which neither list can be asked for: every pass also looks some way back at those
that were given or sent earlier. Their events have a source id, so that a ticket read again does not lose them.
"""

from collections.abc import AsyncIterator, Mapping, Sequence

from funnel_tui.model.records import Event, Kind
from funnel_tui.sources.base import Stream
from funnel_tui.sources.errors import AuthError, ForbiddenError, NotFound, Refused, SourceError
from funnel_tui.sources.protocol import Lane, SourcePage, StreamSpec
from funnel_tui.sources.text import amount, ident, label, moment
from funnel_tui.sources.zendesk import wire
from funnel_tui.sources.zendesk.changes import word
from funnel_tui.sources.zendesk.client import ZendeskClient, decoded
from funnel_tui.sources.zendesk.history import GOOD_OR_BAD

DAY = 86_400
HOUR = 3_600
NEAR = 2 * DAY
FAR = 29 * DAY
"""How far behind its window a pass looks; customers may change an answer for four weeks."""
FAR_EVERY = 6 * HOUR
REFUSED_FOR = 6 * HOUR

GOOD_BAD = "/api/v2/satisfaction_ratings"
SURVEYS = "/api/v2/guide/survey_responses"

_REFUSALS = (AuthError, ForbiddenError, NotFound, Refused)
_SCALE = (1.0, 5.0)
_WORTH = {"bad": 0.0, "neutral": 0.5, "good": 1.0}
_TICKET = "zen:ticket:"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Ratings(Stream):
    spec = StreamSpec("ratings", lane=Lane.SLOW, interval=300, overlap=HOUR, slice=30 * DAY)

    def __init__(self, client: ZendeskClient) -> None:
        self._client = client
        self._refused: dict[str, tuple[int, SourceError]] = {}
        self._far_at: int | None = None

    async def probe(self) -> None:
        refused: SourceError | None = None
        for path in (GOOD_BAD, SURVEYS):
            try:
                await self._client.get(self.spec.name, path, wire.decode_listing, {"page[size]": 1})
            except _REFUSALS as error:
                refused = refused or error
            else:
                return
        if refused is not None:
            raise refused

    async def active(self) -> tuple[str, ...]:
        """The systems that answer, by name."""
        found = []
        for path, name in ((GOOD_BAD, "good and bad"), (SURVEYS, "surveys")):
            try:
                await self._client.get(self.spec.name, path, wire.decode_listing, {"page[size]": 1})
            except _REFUSALS:
                continue
            found.append(name)
        return tuple(found)

    async def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        """Not resumed: two short lists, written down in pages whose cursors only tell them apart."""
        now = self._client.now()
        far = self._far_at is None or not 0 <= now - self._far_at < FAR_EVERY
        live = hi >= now - HOUR
        start = max(0, lo - (FAR if far else NEAR)) if live else lo
        refusals: list[SourceError] = []
        count = 0
        for path in (GOOD_BAD, SURVEYS):
            refusal = self._known_refusal(path, now)
            try:
                if refusal is None:
                    async for page in self._client.pages(self.spec.name, path, *_span(path, start, hi)):
                        count += 1
                        yield _page(page, str(count))
            except _REFUSALS as error:
                self._refused[path] = (now, error)
                refusal = error
            refusals += [refusal] if refusal is not None else []
        if len(refusals) == 2:
            # Not found is the other system's way to say that it is off: a refusal tells more.
            raise next((error for error in refusals if isinstance(error, AuthError | ForbiddenError)), refusals[0])
        if live and far:
            self._far_at = now
        yield SourcePage(records=())

    def _known_refusal(self, path: str, now: int) -> SourceError | None:
        at, error = self._refused.get(path, (0, None))
        return error if error is not None and 0 <= now - at < REFUSED_FOR else None


def _span(path: str, start: int, end: int) -> Sequence[tuple[str, str | int]]:
    if path == GOOD_BAD:
        return (("start_time", start), ("end_time", end))
    return (("filter[created_at_start]", start * 1000), ("filter[created_at_end]", end * 1000))


def _page(page: wire.Listing, cursor: str) -> SourcePage:
    ratings, broken = decoded(page.satisfaction_ratings, wire.decode_rating)
    surveys, damaged = decoded(page.survey_responses, wire.decode_survey)
    events = [event for rating in ratings for event in rated(rating)]
    events += [event for survey in surveys for event in surveyed(survey)]
    lost = broken + damaged
    warnings = (f"ratings: {lost} of a page came in an unknown form and were left out",) if lost else ()
    return SourcePage(records=tuple(events), cursor=cursor, warnings=warnings)


def rated(rating: wire.Rating) -> list[Event]:
    """Of the older system: asked when it was made, answered when it was last changed. What was made by the answer
    itself tells nothing of the asking."""
    ticket, id, score = ident(rating.ticket_id), ident(rating.id), word(rating.score)
    asked = moment(rating.created_at)
    answered = moment(rating.updated_at) or asked
    if ticket is None or id is None or not score.startswith(("offered", "good", "bad")):
        return []
    source = f"rating-{id}"
    events = []
    given = answered is not None and not score.startswith("offered")
    if asked is not None and not (given and asked == answered):
        events.append(Event(conversation=ticket, at=asked, kind=Kind.RATING_REQUESTED, source_id=source))
    if answered is not None and given:
        worth = 1.0 if score.startswith("good") else 0.0
        events.append(
            Event(conversation=ticket, at=answered, kind=Kind.RATED, score=worth, scale=GOOD_OR_BAD, source_id=source)
        )
    return events


def surveyed(survey: wire.Survey) -> list[Event]:
    """Of the newer system: sent, and perhaps answered."""
    ticket, id = _ticket(survey), label(str(survey.id)) if survey.id is not None else None
    if ticket is None or id is None:
        return []
    answer = next((a for a in survey.answers or () if a is not None and word(a.type) == "rating_scale"), None)
    given = (moment(answer.updated_at) or moment(answer.created_at)) if answer is not None else None
    first = moment(answer.created_at) if answer is not None else None
    sent = moment(survey.created_at) or _made_at(id)
    source = f"survey-{id}"
    events = []
    if sent is not None and sent not in (first, given):
        events.append(Event(conversation=ticket, at=sent, kind=Kind.RATING_REQUESTED, source_id=source))
    worth = _worth(answer) if answer is not None else None
    if given is not None and worth is not None:
        score, scale = worth
        events.append(Event(conversation=ticket, at=given, kind=Kind.RATED, score=score, scale=scale, source_id=source))
    return events


def _worth(answer: wire.Answer) -> tuple[float, tuple[float, float]] | None:
    """The score and its scale: as the question offers it, else 1 to 5, unless the category speaks against that."""
    score, category = amount(answer.rating), word(answer.rating_category)
    offered = answer.question.options if answer.question is not None else None
    choices = [found for option in offered or () if option and (found := amount(option.rating)) is not None]
    if score is not None and len(set(choices)) > 1 and min(choices) <= score <= max(choices):
        return score, (min(choices), max(choices))
    fits = score is not None and _SCALE[0] <= score <= _SCALE[1]
    if score is not None and fits and not (category == "good" and score < 3) and not (category == "bad" and score > 3):
        return score, _SCALE
    return (_WORTH[category], GOOD_OR_BAD) if category in _WORTH else None


def _ticket(survey: wire.Survey) -> str | None:
    for subject in survey.subjects or ():
        if subject is None:
            continue
        if subject.zrn and subject.zrn.startswith(_TICKET):
            return ident(subject.zrn.removeprefix(_TICKET))
        if word(subject.type) in ("ticket", "zen:ticket"):
            return ident(subject.id)
    return None


def _made_at(id: str) -> int | None:
    """The moment inside an id that is a ULID: responses are not dated themselves."""
    if len(id) != 26 or any(letter not in _CROCKFORD for letter in id.upper()):
        return None
    value = 0
    for letter in id.upper()[:10]:
        value = value * 32 + _CROCKFORD.index(letter)
    return moment(value) if value > 1_000_000_000_000 else None
