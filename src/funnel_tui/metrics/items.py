"""From any number on a screen to exactly the items that it counts."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from funnel_tui.metrics.catalogue import CATALOGUE
from funnel_tui.metrics.ever import NOT_COUNTED, ever, whole
from funnel_tui.metrics.listed import ALIKE, ARTICLE_CONVERSATIONS, BEGUN, WITHIN_TARGET, Entry, Listing, rows
from funnel_tui.metrics.measures import Measured, Measures
from funnel_tui.metrics.periods import PeriodError
from funnel_tui.metrics.quality import Judge
from funnel_tui.metrics.recipes import measure
from funnel_tui.metrics.request import ReportRequest, filters_of, period_of
from funnel_tui.model.items import Items
from funnel_tui.model.local import CONVERSATIONS_EVER, RATE_EVER, VIEWS_EVER
from funnel_tui.model.places import Place
from funnel_tui.model.values import Quality
from funnel_tui.settings import Settings
from funnel_tui.store.filters import ARTICLE, ASSIGNEE, CAMPAIGN, TAG, Part, supported
from funnel_tui.store.reader import Reader
from funnel_tui.store.scope import Scope

_NO_HOURS = "The queue is as of one moment: its conversations have no hours."
EVER = {
    VIEWS_EVER.id: "selfserve.article_views",
    CONVERSATIONS_EVER.id: ARTICLE_CONVERSATIONS,
    RATE_EVER.id: "selfserve.article_resolution_rate",
}
"""What lists what is known since articles were written: the same as in a period, over all time."""
NO_VIEWS = "Nobody is known to have viewed it by then."
COUNTED_EVER = (
    "They are known from the articles' counters alone, which the help centre keeps since each was written: there are no"
    " single views to list."
)
_NO_VALUES = "Its items have no value to choose them by."


def items_behind(
    reader: Reader, settings: Settings, request: ReportRequest, place: Place, now: int, limit: int | None = None
) -> Items:
    """Exactly the items that the number at `place` counts, latest first; of a rate or a time those of its n.

    `limit` cuts the rows, never the total. What is counted but cannot be listed is in the total, and the reason says
    so. Raises PeriodError for a metric, period or filter key that does not exist.
    """
    span = period_of(settings, request, now)
    if place.metric in EVER:
        return _behind_ever(reader, settings, request, place, span.as_of, limit)
    filters, part = _scope_of(request, place)
    if not (place.path or place.metric in CATALOGUE or place.metric in ALIKE):
        raise PeriodError(f"unknown metric {place.metric!r}; `report --format json` lists them all")
    start, end = place.span or (span.start, span.end)
    scope = Scope(start, end, span.as_of, filters)
    with reader.at(span.as_of):
        judge = Judge(reader, filters, span.as_of)
        parts: list[Part | None] = [None] if part is None else [*reader.exactly(*part)]
        reason = _unavailable(judge, place)
        if reason is None and not parts:
            reason = f"There is no {part[0]} {part[1]}." if part else None
        if reason is not None:
            return Items(place, (), 0, reason)
        found = [
            _found(Measures(reader, replace(scope, part=part), settings, judge.counted), place, limit) for part in parts
        ]
        return _items(reader, place, found, span.as_of, limit)


def _behind_ever(
    reader: Reader, settings: Settings, request: ReportRequest, place: Place, as_of: int, limit: int | None
) -> Items:
    """The views that are known of articles, or who wrote after them; what their counters tell cannot be listed."""
    filters, apart = _scope_of(request, place)
    lacking = sorted(filters.keys() - supported("article_view"))
    if lacking:
        return Items(place, (), 0, f"Its records have no {lacking[0]} to filter by.")
    scope = whole(Scope(0, 0, as_of, filters))
    with reader.at(as_of):
        parts: list[Part | None] = [None] if apart is None else [*reader.exactly(*apart)]
        known = {part: one for within in parts for part, one in ever(reader, replace(scope, part=within)).items()}
        counts = [one.count(place.metric) for one in known.values()]
        if not known or None in counts:
            return Items(place, (), 0, NO_VIEWS if not known else NOT_COUNTED)
        total = sum(count or 0 for count in counts)
        if any(one.sampled is not None for one in known.values()):
            return Items(place, (), total, COUNTED_EVER)
        start, end = place.span or (scope.start, scope.end)
        like = replace(place, metric=EVER[place.metric])
        settings = replace(settings, article_rate="views")
        found = [
            _found(Measures(reader, replace(scope, start=start, end=end, part=part), settings, False), like, limit)
            for part in known
        ]
        return replace(_items(reader, like, found, as_of, limit), place=place)


def _scope_of(request: ReportRequest, place: Place) -> tuple[dict[str, tuple[str, ...]], tuple[str, str] | None]:
    """The filters of the view, those of the place before them; and apart what is more than a filter: one campaign or
    article, whom the queue's are assigned to (whoever replied), or a tag besides those of the view."""
    asked = {key: tuple(values) for key, values in place.filters}
    if ASSIGNEE in asked:
        request = replace(request, filters={key: value for key, value in request.filters.items() if key != "agent"})
    apart = [(key, value) for key in (CAMPAIGN, ARTICLE, ASSIGNEE) for value in asked.pop(key, ())]
    if len(asked.get(TAG, ())) == 1 and request.filters.get(TAG):
        apart += [(TAG, value) for value in asked.pop(TAG)]
    if len(apart) > 1:
        raise PeriodError("a place is in one campaign, one article, one teammate's hands or one more tag")
    return filters_of(replace(request, filters={**request.filters, **asked})), apart[0] if apart else None


def _unavailable(judge: Judge, place: Place) -> str | None:
    """Why the sources cannot tell; of the funnel they always tell what they can."""
    if place.path:
        return None
    worth = judge.worth(place.metric if place.metric in CATALOGUE else ALIKE[place.metric])
    return worth.reason if worth.quality is Quality.UNAVAILABLE else None


@dataclass(frozen=True, slots=True)
class _Found:
    entries: list[Entry]
    total: int
    untold: int = 0
    """Of the total, those that counters tell."""
    reason: str | None = None


def _found(measures: Measures, place: Place, limit: int | None) -> _Found:
    listing = Listing(measures, place)
    number = _number(listing)
    if number.missing is not None:
        return _Found([], 0, reason=number.missing)
    if place.hour is not None and not listing.dated:
        return _Found([], 0, reason=_NO_HOURS)
    if place.between is not None and not listing.valued:
        return _Found([], 0, reason=_NO_VALUES)
    if place.hour is None and place.between is None:
        untold = listing.counted()
        return _Found(listing.entries(limit), int(number.value or 0), untold)
    entries = [entry for entry in listing.entries(None) if _inside(entry, place, measures.settings.zone)]
    return _Found(entries, len(entries))


def _number(listing: Listing) -> Measured:
    """How many items the number counts, as its value."""
    measures, place = listing.measures, listing.place
    if place.path or place.metric in BEGUN:
        return listing.on_the_path()
    if place.only:
        return listing.of_the_kind()
    if place.metric == ARTICLE_CONVERSATIONS:
        return listing.wrote()
    told = measure({place.metric, ALIKE.get(place.metric, place.metric)} & CATALOGUE.keys(), measures)
    missing = next((measured.missing for measured in told.values() if measured.missing), None)
    if place.metric == WITHIN_TARGET:
        missing = missing or listing.targeted()
    measured = told[ALIKE.get(place.metric, place.metric)]
    return Measured(measured.value if measured.n is None else measured.n, missing=missing)


def _inside(entry: Entry, place: Place, zone: ZoneInfo) -> bool:
    if place.hour is not None:
        if entry.at is None:
            return False
        local = datetime.fromtimestamp(entry.at, zone)
        if (local.weekday(), local.hour) != place.hour:
            return False
    if place.between is None:
        return True
    low, high = place.between
    return entry.value is not None and entry.value >= low and (high is None or entry.value < high)


def _items(reader: Reader, place: Place, found: list[_Found], as_of: int, limit: int | None) -> Items:
    entries = [entry for one in found for entry in one.entries]
    if len(found) > 1:
        entries.sort(key=lambda entry: entry.at or 0, reverse=True)
    untold = sum(one.untold for one in found)
    reason = next((one.reason for one in found if one.reason), None)
    if untold:
        reason = f"{untold:,} of them are known from the articles' counters alone and cannot be listed."
    shown = tuple(rows(reader, entries[:limit], as_of))
    return Items(place, shown, sum(one.total for one in found), reason)
