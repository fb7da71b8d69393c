"""Realistic snapshots without a cache: what the metrics layer would hand to the screens for a middling support team.

Everything is a pure function of its arguments, so that screens drawn from it can be compared with snapshots.
"""

import math
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from funnel_tui.model.boards import Board, Choices, Items, Place, Track
from funnel_tui.model.values import (
    ConversationRow,
    Direction,
    Freshness,
    Funnel,
    FunnelLink,
    FunnelNode,
    MetricSpec,
    MetricValue,
    Period,
    Quality,
    QueuePoint,
    Report,
    Series,
    SeriesPoint,
    Signal,
    Timeline,
    TimelineEntry,
    Unit,
    Verdict,
    Window,
)
from funnel_tui.tui.state import View

ZONE = ZoneInfo("Europe/Dublin")
NOW = int(datetime(2026, 11, 22, 16, 0, tzinfo=ZONE).timestamp())
DAY = 86_400
UP, DOWN, NEITHER = Direction.UP, Direction.DOWN, Direction.NEITHER
COUNT, RATIO, SECONDS, NUMBER = Unit.COUNT, Unit.RATIO, Unit.SECONDS, Unit.NUMBER

# fmt: off
# id, label, unit, direction, value, n, previous, verdict
_ROWS: tuple[tuple[str, str, Unit, Direction, float | None, int | None, float | None, Verdict | None], ...] = (
    ("proactive.delivered", "Messages delivered", COUNT, NEITHER, 12_480, None, 11_556, None),
    ("proactive.opened", "Messages opened", COUNT, UP, 6_112, None, 5_778, Verdict.BETTER),
    ("proactive.open_rate", "Open rate", RATIO, UP, 0.489, 12_480, 0.5, Verdict.UNCLEAR),
    ("proactive.clicked", "Messages clicked", COUNT, UP, 1_204, None, 1_190, Verdict.UNCLEAR),
    ("proactive.replied", "Messages replied to", COUNT, NEITHER, 96, None, 104, None),
    ("proactive.bounced", "Messages bounced", COUNT, DOWN, 41, None, 22, Verdict.WORSE),
    ("proactive.per_seeker", "Messages per seeker", NUMBER, NEITHER, 1.34, 9_310, 1.276, None),
    ("selfserve.seekers", "People seeking support", COUNT, NEITHER, 9_310, None, 9_056, None),
    ("selfserve.article_views", "Article views", COUNT, NEITHER, 14_820, None, 14_102, None),
    ("selfserve.article_viewers", "Article viewers", COUNT, NEITHER, 6_430, None, 6_001, None),
    ("selfserve.article_resolution_rate", "Article resolution rate", RATIO, UP, 0.63, 6_430, 0.628, Verdict.SAME),
    ("selfserve.bot_involved", "Bot involved", COUNT, NEITHER, 2_640, None, 2_500, None),
    ("selfserve.bot_answered", "Bot answered", COUNT, NEITHER, 2_210, None, 2_050, None),
    ("selfserve.bot_resolved", "Resolved by the bot", COUNT, UP, 906, None, 798, Verdict.BETTER),
    ("selfserve.bot_resolved_confirmed", "Resolved by the bot, confirmed", COUNT, UP, 388, None, 341, Verdict.UNCLEAR),
    ("selfserve.bot_resolved_assumed", "Resolved by the bot, assumed", COUNT, NEITHER, 518, None, 457, None),
    ("selfserve.bot_handed_off", "Handed to the team", COUNT, DOWN, 812, None, 892, Verdict.BETTER),
    ("selfserve.bot_resolution_rate", "Bot resolution rate", RATIO, UP, 0.41, 2_210, 0.389, Verdict.BETTER),
    ("selfserve.bot_durable_rate", "Bot answers that lasted", RATIO, UP, 0.918, 610, 0.921, Verdict.UNCLEAR),
    ("selfserve.bot_csat", "Bot satisfaction", RATIO, UP, None, 0, None, None),
    ("selfserve.share_resolved", "Resolved by self-serve", RATIO, UP, 0.58, 8_100, 0.55, Verdict.BETTER),
    ("human.inbound", "Reached the team", COUNT, DOWN, 3_204, None, 3_390, Verdict.BETTER),
    ("human.direct", "Straight to the team", COUNT, DOWN, 2_010, None, 2_211, Verdict.BETTER),
    ("human.after_selfserve", "After self-serve", COUNT, NEITHER, 1_194, None, 1_179, None),
    ("human.resolved", "Resolved by the team", COUNT, NEITHER, 2_960, None, 3_100, None),
    ("human.first_response.median", "First response", SECONDS, DOWN, 161.0, 1_204, 187.0, Verdict.BETTER),
    ("human.first_response.p90", "First response, p90", SECONDS, DOWN, 1_122.0, 1_204, 1_090.0, Verdict.UNCLEAR),
    ("human.first_response_felt.median", "Felt response", SECONDS, DOWN, 201.0, 1_204, 215.0, Verdict.BETTER),
    ("human.first_response_felt.p90", "Felt response, p90", SECONDS, DOWN, 1_380.0, 1_204, 1_371.0, Verdict.SAME),
    ("human.first_response_office.median", "Office response", SECONDS, DOWN, 140.0, 1_180, 150.0, Verdict.UNCLEAR),
    ("human.first_response_office.p90", "Office response, p90", SECONDS, DOWN, 840.0, 1_180, 835.0, Verdict.SAME),
    ("human.response.median", "Any response", SECONDS, DOWN, 204.0, 4_410, 190.0, Verdict.WORSE),
    ("human.response.p90", "Any response, p90", SECONDS, DOWN, 2_010.0, 4_410, 1_770.0, Verdict.WORSE),
    ("human.time_to_close.median", "Time to close", SECONDS, DOWN, 11_520.0, 2_960, 11_545.0, Verdict.SAME),
    ("human.time_to_close.p90", "Time to close, p90", SECONDS, DOWN, 93_720.0, 2_960, 90_000.0, Verdict.UNCLEAR),
    ("human.closed_unanswered", "Closed unanswered", COUNT, DOWN, 61, None, 58, Verdict.UNCLEAR),
    ("human.reopened", "Reopened", COUNT, DOWN, 212, None, 180, Verdict.WORSE),
    ("human.reopen_rate", "Reopen rate", RATIO, DOWN, 0.067, 3_172, 0.055, Verdict.WORSE),
    ("human.reassigned", "Reassigned", COUNT, DOWN, 402, None, 410, Verdict.UNCLEAR),
    ("human.one_touch_rate", "Closed with one reply", RATIO, UP, 0.47, 2_960, 0.46, Verdict.UNCLEAR),
    ("human.replies_per_close", "Replies per close", NUMBER, DOWN, 2.31, 2_960, 2.35, Verdict.UNCLEAR),
    ("human.ping_pong", "Ping-pong", NUMBER, DOWN, 3.4, 2_960, 3.41, Verdict.SAME),
    ("human.csat", "Satisfaction", RATIO, UP, 0.92, 418, 0.915, Verdict.UNCLEAR),
    ("human.csat_n", "Ratings", COUNT, NEITHER, 418, None, 402, None),
    ("human.csat_low", "Satisfaction, low", RATIO, UP, 0.895, 418, None, None),
    ("human.csat_high", "Satisfaction, high", RATIO, UP, 0.942, 418, None, None),
    ("human.csat_response_rate", "Ratings per request", RATIO, UP, 0.212, 1_970, 0.208, Verdict.UNCLEAR),
    ("human.within_1m", "Answered within 1 min", RATIO, UP, 0.31, 1_204, 0.27, Verdict.BETTER),
    ("human.within_10m", "Answered within 10 min", RATIO, UP, 0.78, 1_204, 0.76, Verdict.UNCLEAR),
    ("queue.open", "Open", COUNT, DOWN, 37, None, None, None),
    ("queue.unassigned", "Unassigned", COUNT, DOWN, 6, None, None, None),
    ("queue.waiting", "Waiting now", COUNT, DOWN, 9, None, None, None),
    ("queue.snoozed", "Snoozed", COUNT, NEITHER, 14, None, None, None),
    ("queue.with_bot", "With the bot", COUNT, NEITHER, 5, None, None, None),
    ("queue.oldest_wait", "Oldest wait", SECONDS, DOWN, 1_102.0, 9, None, None),
    ("queue.median_wait", "Median wait", SECONDS, DOWN, 240.0, 9, None, None),
    ("queue.arrivals_1h", "Arrivals, last hour", COUNT, NEITHER, 24, None, None, None),
    ("queue.closes_1h", "Closes, last hour", COUNT, UP, 19, None, None, None),
    ("queue.on_duty", "On duty", COUNT, NEITHER, 11, None, None, None),
    ("internal.questions", "Questions asked", COUNT, NEITHER, None, None, None, None),
    ("internal.unanswered", "Questions unanswered", COUNT, DOWN, None, None, None, None),
    ("savings.hours_low", "Hours saved, at least", Unit.HOURS, UP, 212.0, None, 190.0, None),
    ("savings.hours_high", "Hours saved, at most", Unit.HOURS, UP, 318.0, None, 280.0, None),
    ("savings.cost_low", "Cost avoided, at least", Unit.MONEY, UP, 6_342.0, None, 5_600.0, None),
    ("savings.cost_high", "Cost avoided, at most", Unit.MONEY, UP, 9_811.0, None, 8_700.0, None),
)
# fmt: on

_UNAVAILABLE = {
    "internal.questions": "No chat source is configured: add a slack or matrix source with its channels.",
    "internal.unanswered": "No chat source is configured: add a slack or matrix source with its channels.",
}
_APPROXIMATE = {"selfserve.article_resolution_rate": "Only counters exist: views and conversations, not viewers."}
_PENDING = {"selfserve.bot_resolution_rate": 130, "proactive.open_rate": 410}
_INTERVALS = {"human.csat": (0.895, 0.942)}


def _metric(
    row: tuple[str, str, Unit, Direction, float | None, int | None, float | None, Verdict | None], compared: bool
) -> MetricValue:
    id_, label, unit, direction, value, n, previous, verdict = row
    spec = MetricSpec(
        id_,
        label,
        unit,
        direction,
        f"{label}: what the definition of {id_} says, in one line of words "
        "that a person in support would use, with what counts and what does not.",
        id_.split(".")[0],
    )
    change = None
    if compared and value is not None and previous:
        change = value - previous if unit is Unit.RATIO else value / previous - 1
    low, high = _INTERVALS.get(id_, (None, None))
    if id_ in _UNAVAILABLE:
        return MetricValue(spec, None, quality=Quality.UNAVAILABLE, reason=_UNAVAILABLE[id_])
    return MetricValue(
        spec,
        value,
        n,
        _PENDING.get(id_),
        previous if compared else None,
        n if compared else None,
        change,
        verdict if compared else None,
        Quality.APPROXIMATE if id_ in _APPROXIMATE else Quality.EXACT,
        _APPROXIMATE.get(id_),
        low,
        high,
    )


def make_funnel(scale: float = 1.0) -> Funnel:
    links = [
        FunnelLink(source, target, round(value * scale))
        for source, target, value in (
            ("seeking", "articles", 5_400),
            ("seeking", "bot", 1_900),
            ("seeking", "team", 2_010),
            ("articles", "article_resolved", 3_800),
            ("articles", "bot", 310),
            ("articles", "team", 890),
            ("articles", "pending", 400),
            ("bot", "bot_resolved", 906),
            ("bot", "team", 1_104),
            ("bot", "pending", 130),
            ("bot", "in_progress", 70),
            ("team", "team_resolved", 3_390),
            ("team", "closed_unanswered", 61),
            ("team", "in_progress", 553),
        )
    ]
    labels = {
        "seeking": "Seeking support",
        "articles": "Articles",
        "bot": "Bot",
        "team": "Team",
        "article_resolved": "Resolved by articles",
        "bot_resolved": "Resolved by the bot",
        "team_resolved": "Resolved by the team",
        "closed_unanswered": "Closed unanswered",
        "in_progress": "In progress",
        "pending": "Pending",
    }
    nodes = []
    for id_, label in labels.items():
        value = sum(link.value for link in links if (link.source if id_ == "seeking" else link.target) == id_)
        nodes.append(FunnelNode(id_, label, value))
    return Funnel(tuple(nodes), tuple(links))


def _series(now: int) -> Series:
    points = []
    for back in range(11, -1, -1):
        year, month = divmod(2026 * 12 + 10 - back, 12)
        start = datetime(year, month + 1, 1, tzinfo=ZONE)
        end = datetime(year + (month == 11), (month + 1) % 12 + 1, 1, tzinfo=ZONE)
        part = 1.0 if back else 0.72
        growth = 1 + (11 - back) * 0.04
        points.append(
            SeriesPoint(
                int(start.timestamp()),
                int(end.timestamp()),
                None if back == 11 else round(3_100 * growth * part),
                round(3_900 * part * (1 + 0.05 * math.sin(back))),
                round(11_000 * growth * part),
                round(8_600 * growth * part),
            )
        )
    return Series("month", tuple(points))


def _daily(now: int) -> Series:
    midnight = datetime.fromtimestamp(now, ZONE).replace(hour=0, minute=0)
    points = []
    for back in range(59, -1, -1):
        start = midnight - timedelta(days=back)
        weekend = start.weekday() >= 5
        wave = (0.45 if weekend else 1.0) * (1 + 0.25 * math.sin(back / 4))
        points.append(
            SeriesPoint(
                int(start.timestamp()),
                int((start + timedelta(days=1)).timestamp()),
                round(210 * wave),
                round(134 * wave),
                round(560 * wave),
                round(420 * wave),
                round(270 * wave),
                round(100 * wave),
                round(41 * wave),
                round(145 * wave),
                150 + 40 * math.sin(back / 3),
                11_000 + 2_000 * math.sin(back / 5),
                0.9,
            )
        )
    return Series("day", tuple(points))


def make_queue(now: int, waiting: int = 9) -> tuple[QueuePoint, ...]:
    points = []
    for at in range(now - DAY, now + 1, 300):
        hour = datetime.fromtimestamp(at, ZONE).hour + datetime.fromtimestamp(at, ZONE).minute / 60
        usual = 3.5 * math.exp(-((hour - 14.5) ** 2) / 18)
        spike = 6 * math.exp(-((at - now + 600) ** 2) / 2e6)
        points.append(QueuePoint(at, round(usual + spike + 0.8 * math.sin(at / 1700) ** 2), usual))
    return (*points[:-1], replace(points[-1], waiting=waiting))


def make_signals() -> tuple[Signal, ...]:
    return (
        Signal(
            "queue.waiting",
            "Waiting 9, usual 2–5 at this hour for 12m",
            "billing 6 · top topic: refunds",
            "queue.waiting",
            urgent=True,
        ),
        Signal(
            "bot.handoff",
            'Bot hands off "invoice copy" 34 % (was 12 %)',
            "n 118, 27–43 %; about 21 h a month",
            "selfserve.bot_handed_off",
        ),
        Signal("reopen", "Reopen rate 6.7 % (was 5.5 %)", "n 3,172 against 3,301; shipping 11 %", "human.reopen_rate"),
    )


def make_freshness(now: int, age: int = 4) -> tuple[Freshness, ...]:
    return (
        Freshness("acme", "intercom", now - age, "ok", history_from=now - 365 * DAY),
        Freshness("tickets", "zendesk", now - age - 20, "ok", history_from=now - 365 * DAY),
    )


def make_period(view: View, now: int) -> Period:
    local = datetime.fromtimestamp(now, ZONE).replace(hour=0, minute=0, second=0)
    if view.period == "today":
        start, end = local - timedelta(days=view.earlier), local + timedelta(days=1 - view.earlier)
    elif view.period == "week":
        start = local - timedelta(days=local.weekday() + 7 * view.earlier)
        end = start + timedelta(days=7)
    elif view.period == "month":
        year, month = divmod(local.year * 12 + local.month - 1 - view.earlier, 12)
        start = local.replace(year=year, month=month + 1, day=1)
        end = local.replace(year=year + (month == 11), month=(month + 1) % 12 + 1, day=1)
    elif view.period == "quarter":
        year, quarter = divmod(local.year * 4 + (local.month - 1) // 3 - view.earlier, 4)
        start = local.replace(year=year, month=quarter * 3 + 1, day=1)
        year, quarter = divmod(year * 4 + quarter + 1, 4)
        end = start.replace(year=year, month=quarter * 3 + 1)
    elif view.period == "year":
        start = local.replace(year=local.year - view.earlier, month=1, day=1)
        end = start.replace(year=start.year + 1)
    else:
        first, last = (datetime.fromisoformat(part).replace(tzinfo=ZONE) for part in view.period.split(".."))
        start, end = first, last + timedelta(days=1)
    return Period(view.period, int(start.timestamp()), int(end.timestamp()), now, ZONE)


def make_report(view: View | None = None, now: int = NOW) -> Report:
    view = view or View("month")
    period = make_period(view, now)
    window = None
    if view.compare != "none":
        length = (364 if view.compare == "year" else 30) * DAY
        window = Window(view.compare, period.start - length, min(now, period.end) - length)
    metrics = {row[0]: _metric(row, window is not None) for row in _ROWS}
    return Report(
        generated_at=now,
        period=period,
        comparison=window,
        filters={},
        metrics=metrics,
        funnel=make_funnel(),
        series=_series(now),
        monthly=_series(now),
        signals=make_signals(),
        freshness=make_freshness(now),
        daily=_daily(now),
        queue_history=make_queue(now),
    )


def make_empty(view: View | None = None, now: int = NOW) -> Report:
    """A new cache: every source still to be read for the first time."""
    full = make_report(view, now)
    metrics = {
        id_: MetricValue(metric.spec, 0.0 if metric.spec.unit is Unit.COUNT else None)
        for id_, metric in full.metrics.items()
    }
    never = (Freshness("acme", "intercom", None, "never"),)
    return replace(
        full,
        metrics=metrics,
        funnel=Funnel(),
        series=Series("month"),
        monthly=Series("month"),
        signals=(),
        freshness=never,
        daily=Series("day"),
        queue_history=(),
    )


_SUBJECTS = (
    "Where is my refund?",
    "Invoice copy for October",
    "Can't log in after the update",
    "Change of delivery address",
    "Package arrived damaged",
    "請求書のコピーをください",
    "أين طلبي؟",
    "Re: Re: \x1b[31mred alert\x1b[0m \u202eevil",
    "Café ☕ order 👩‍👩‍👧 for 12",
    "A very long subject that goes on and on about a charge the customer does not recognise on the statement",
    None,
)


def make_rows(count: int, now: int = NOW, seed: int = 7) -> list[ConversationRow]:
    dice = random.Random(seed)
    rows = []
    for index in range(count):
        created = now - dice.randrange(20 * DAY)
        state = dice.choice(("open", "closed", "closed", "snoozed", "with_bot"))
        rows.append(
            ConversationRow(
                "acme",
                f"c{index + 1}",
                f"https://desk.example/conversations/c{index + 1}",
                dice.choice(_SUBJECTS),
                state,
                dice.choice(("chat", "email", "phone")),
                dice.choice(("billing", "shipping", None)),
                dice.choice(("Anna", "Bogdan", "Chiamaka", None)),
                ("refund",) if index % 3 == 0 else (),
                created,
                now - dice.randrange(1_100) if state == "open" else None,
                dice.randrange(20, 4_000),
                created + 9_000 if state == "closed" else None,
                dice.choice((None, 5.0, 3.0)),
                float(dice.randrange(20, 4_000)),
            )
        )
    return rows


def make_timeline(row: ConversationRow) -> Timeline:
    start = row.created_at or NOW
    return Timeline(
        row,
        (
            TimelineEntry(start, "customer_message", "Maeve", "customer", "Where is my refund?\nIt has been a week."),
            TimelineEntry(start + 3, "bot_answer", "Fin", "bot", "Refunds take five working days."),
            TimelineEntry(
                start + 60, "customer_message", "Maeve", "customer", "That was \x1b]0;pwned\x07\u202eno help"
            ),
            TimelineEntry(start + 61, "bot_handoff", "Fin", "bot", None),
            TimelineEntry(start + 70, "assigned", "Rules", "system", "to Anna"),
            TimelineEntry(start + 661, "agent_reply", "Anna", "agent", "I am looking into it, one moment.", wait=600),
            TimelineEntry(start + 720, "note", "Anna", "agent", "Charge 4471 was never captured."),
            TimelineEntry(
                start + 900,
                "agent_reply",
                "Anna",
                "agent",
                "Done: 請求書 is on its way. It will take two days at most, and you will get a mail "
                "when it has arrived on your account. Is there anything else that I can do for you today?",
            ),
            TimelineEntry(start + 1_000, "customer_message", "Maeve", "customer", "Thanks!"),
            TimelineEntry(start + 1_200, "closed", "Anna", "agent", None),
            TimelineEntry(start + 4_200, "rated", "Maeve", "customer", "5 of 5"),
        ),
    )


@dataclass
class FakeBackend:
    """Answers the loader from memory and remembers what it was asked."""

    rows: int = 57
    report_factory: Callable[[View, int], Report] = make_report
    failure: Exception | None = None
    gate: bool = False
    """Shut at first: reports wait until `open_gate`."""
    pause: float = 0.0
    """Seconds that a report takes, for looking at the states in between."""
    asked: list[View] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    """What lists were asked for."""
    more_rows: list[ConversationRow] = field(default_factory=list)
    version_number: int = 1
    closed: bool = False

    def __post_init__(self) -> None:
        self.entered = threading.Event()
        """Set while and after a report is made."""
        self.watched = threading.Event()
        """Set when the version is asked for after a report."""
        self._gate = threading.Event()
        if not self.gate:
            self._gate.set()

    def open_gate(self) -> None:
        self._gate.set()

    def shut_gate(self) -> None:
        self._gate.clear()

    def report(self, view: View, now: int) -> Report:
        self.asked.append(view)
        self.entered.set()
        if self.pause:
            time.sleep(self.pause)
        self._gate.wait()
        if self.failure is not None:
            raise self.failure
        return self.report_factory(view, now)

    def board(self, view: View, name: str, now: int) -> Board:
        from .fake_boards import make_board

        if self.failure is not None:
            raise self.failure
        return make_board(name, view, now)

    def items(self, view: View, place: Place, now: int, limit: int) -> Items:
        from .fake_boards import make_items

        if self.failure is not None:
            raise self.failure
        self.places.append(place)
        made = make_items(place, self.rows)
        rows = (*self.more_rows, *made.rows)
        return Items(place, rows[:limit], len(rows))

    def choices(self, view: View, now: int) -> Choices:
        from .fake_boards import make_choices

        return make_choices()

    def track(self, view: View, start: int, end: int, points: int, now: int) -> Track:
        from .fake_boards import make_track

        return make_track(start, end, points)

    def timeline(self, source: str, conversation: str, at: int) -> Timeline | None:
        row = next((row for row in make_rows(self.rows) if row.id == conversation), None)
        return make_timeline(row) if row else None

    def version(self) -> int:
        if self.asked:
            self.watched.set()
        return self.version_number

    def close(self) -> None:
        self.closed = True
