"""Realistic boards and lists without a cache, for screens drawn from `fake_report`."""

import random
from collections.abc import Sequence
from dataclasses import replace

from funnel_tui.model.boards import (
    Board,
    Bucket,
    Choice,
    Choices,
    ComparedRow,
    ComparisonBoard,
    Correlation,
    Distribution,
    FunnelBoard,
    Heat,
    HumanBoard,
    Item,
    Items,
    MessageRow,
    MetricQuality,
    Place,
    ProactiveBoard,
    Ranking,
    RankRow,
    RatingRow,
    ReaderRow,
    ReasonRow,
    SelfserveBoard,
    SourceRow,
    SourcesBoard,
    StreamRow,
    TeammateRow,
    Track,
)
from funnel_tui.model.local import LOCAL, TEAM_RESOLVED, TEAM_RESOLVED_AFTER, TEAM_RESOLVED_DIRECT
from funnel_tui.model.values import (
    Direction,
    MetricValue,
    Quality,
    Report,
    Series,
    SeriesPoint,
    Unit,
    Verdict,
)
from funnel_tui.tui.state import View

from .fake_report import DAY, NOW, make_funnel, make_report, make_rows

WEEK = 7 * DAY


def value(
    report: Report, metric: str, now: float | None, then: float | None = None, n: int | None = None
) -> MetricValue:
    """A figure of a row, with the catalogue's own words."""
    spec = LOCAL.get(metric) or report.metrics[metric].spec
    change = None
    if now is not None and then:
        change = now - then if spec.unit is Unit.RATIO else (now - then) / then
    verdict = None
    if change is not None and spec.direction is not Direction.NEITHER:
        good = (change > 0) is (spec.direction is Direction.UP)
        verdict = Verdict.UNCLEAR if abs(change) < 0.03 else Verdict.BETTER if good else Verdict.WORSE
    return MetricValue(spec, now, n=n, previous=then, change=change, verdict=verdict)


def ever(views: int, wrote: int | None) -> dict[str, MetricValue]:
    """What an article did since it was written; None of `wrote`: that is not told."""
    reason = "The help centre's own count since it was written, as of 2026-11-15 13:30; of views, not of readers."

    def told(metric: str, value: float | None, n: int | None = None) -> MetricValue:
        quality = Quality.UNAVAILABLE if value is None else Quality.APPROXIMATE
        return MetricValue(LOCAL[metric], value, n=n, quality=quality, reason=reason)

    return {
        "article.views_ever": told("article.views_ever", views),
        "article.rate_ever": told("article.rate_ever", None if wrote is None else 1 - wrote / views, views),
        "article.conversations_ever": told("article.conversations_ever", wrote),
    }


def _trend(dice: random.Random, count: int, level: float) -> tuple[float | None, ...]:
    return tuple(round(max(0.0, dice.gauss(level, level / 3))) for _ in range(count))


def make_proactive(view: View, now: int = NOW) -> ProactiveBoard:
    report, dice = make_report(view, now), random.Random(3)
    rows = []
    names = (
        "Outage notice",
        "Welcome, day 1",
        "Renewal in 30 days",
        "New export",
        "Survey: how was it?",
        "請求書のご案内",
    )
    for index, name in enumerate(names):
        sent = 5_200 // (index + 1)
        share = 0.61 - 0.07 * index
        rows.append(
            RankRow(
                f"m{index}",
                name,
                {
                    "proactive.delivered": value(report, "proactive.delivered", sent, sent * 0.9),
                    "proactive.opened": value(report, "proactive.opened", round(sent * share), round(sent * 0.5)),
                    "proactive.open_rate": value(report, "proactive.open_rate", share, 0.5, sent),
                    "proactive.clicked": value(report, "proactive.clicked", sent // 10, sent // 11),
                    "proactive.replied": value(report, "proactive.replied", sent // 120, sent // 100),
                    "proactive.bounced": value(report, "proactive.bounced", index, index + 1),
                },
                _trend(dice, 22, sent / 22),
            )
        )
    sent = [2_400 + dice.randrange(900) for _ in range(26)]
    weekly = Series(
        "week",
        tuple(
            SeriesPoint(
                now - (26 - i) * WEEK,
                now - (25 - i) * WEEK,
                300 + i,
                200,
                out,
                round(2_900 - 0.25 * out + dice.gauss(0, 120)),
            )
            for i, out in enumerate(sent)
        ),
    )
    figures = ((-0.42, -0.69, -0.04), (-0.12, -0.49, 0.29), (0.05, -0.36, 0.44))
    together = tuple(Correlation(lag, *three, 26 - lag) for lag, three in enumerate(figures))
    return ProactiveBoard(Ranking("campaign", tuple(rows), "proactive.delivered", len(rows)), weekly, together)


def make_selfserve(view: View, now: int = NOW) -> SelfserveBoard:
    report, dice = make_report(view, now), random.Random(4)
    topics = []
    for index, name in enumerate(("refund", "invoice copy", "login", "address", "damaged", "export", "no topic")):
        asked = 620 // (index + 1)
        rate = (0.62, 0.21, 0.55, 0.48, 0.18, 0.71, 0.4)[index]
        topics.append(
            RankRow(
                name if name != "no topic" else "none",
                name,
                {
                    "selfserve.bot_answered": value(report, "selfserve.bot_answered", asked, asked * 0.9),
                    "selfserve.bot_resolved": value(report, "selfserve.bot_resolved", round(asked * rate), 20),
                    "selfserve.bot_resolution_rate": value(report, "selfserve.bot_resolution_rate", rate, 0.4, asked),
                    "selfserve.bot_handed_off": value(report, "selfserve.bot_handed_off", round(asked * 0.34), 30),
                    "selfserve.bot_durable_rate": value(report, "selfserve.bot_durable_rate", 0.9, 0.91, asked // 2),
                    "selfserve.bot_csat": value(report, "selfserve.bot_csat", None),
                },
                _trend(dice, 22, asked / 22),
            )
        )
    articles = []
    for index, name in enumerate(
        (
            "How refunds work",
            "Download an invoice",
            "Reset your password",
            "Change your address",
            "Export data",
            "料金表",
        )
    ):
        views = 3_100 // (index + 1)
        articles.append(
            RankRow(
                f"a{index}",
                name,
                {
                    "selfserve.article_views": value(report, "selfserve.article_views", views, views * 0.95),
                    "selfserve.article_viewers": value(report, "selfserve.article_viewers", views * 2 // 3, views // 2),
                    "selfserve.article_resolution_rate": value(
                        report, "selfserve.article_resolution_rate", 0.7 - 0.06 * index, 0.6, views * 2 // 3
                    ),
                    "article.conversations": value(report, "article.conversations", views // 9, views // 8),
                    **ever(views * 14, round(views * 14 * (0.3 + 0.02 * index))),
                },
                _trend(dice, 22, views / 22),
            )
        )
    reasons = (
        ReasonRow("said", "The bot handed over", 470, 510),
        ReasonRow("stepped_in", "A teammate stepped in", 254, 290),
        ReasonRow("unanswered", "The bot had no answer", 88, 92),
    )
    return SelfserveBoard(
        Ranking("topic", tuple(topics), "selfserve.bot_answered", len(topics)),
        reasons,
        Ranking("article", tuple(articles), "selfserve.article_views", len(articles)),
        report.monthly,
        articles_ever=ever(106_400, 36_200)["article.rate_ever"],
        team_resolved={
            TEAM_RESOLVED.id: value(report, TEAM_RESOLVED.id, 1_590, 1_560),
            TEAM_RESOLVED_DIRECT.id: value(report, TEAM_RESOLVED_DIRECT.id, 1_030, 980),
            TEAM_RESOLVED_AFTER.id: value(report, TEAM_RESOLVED_AFTER.id, 560, 580),
        },
    )


_GROUPS = {
    "team": ("billing", "shipping", "technical", "no team"),
    "channel": ("chat", "email", "phone"),
    "agent": ("Anna", "Bogdan", "Chiamaka", "Dora", "Emeka", "Fatima", "no agent"),
}


def make_human(view: View, now: int = NOW) -> HumanBoard:
    report, dice = make_report(view, now), random.Random(5)
    groups = {}
    for key, names in _GROUPS.items():
        ranked = []
        for index, name in enumerate(names):
            figures = {
                "queue.waiting": ((5, 3, 1)[index] if index < 3 else 0, None),
                "queue.open": ((16, 11, 6, 4, 0, 0, 0)[index], None),
                "human.inbound": (1_400 // (index + 1), 1_500 // (index + 1)),
                "human.first_response.median": (120.0 + 60 * index, 150.0 + 55 * index),
                "human.within_10m": (0.82 - 0.08 * index, 0.8 - 0.07 * index),
                "human.time_to_close.median": (9_000.0 + 4_000 * index, 9_500.0),
                "human.resolved": (1_250 // (index + 1), 1_300 // (index + 1)),
                "human.csat": (0.94 - 0.03 * index, 0.92),
                "human.reopen_rate": (0.03 + 0.01 * index, 0.04),
                "human.reassigned": (12 + index, 15),
                "human.replies_per_close": (2.1 + 0.2 * index, 2.2),
            }
            ranked.append(
                RankRow(
                    "none" if name.startswith("no ") else name,
                    name,
                    {id_: value(report, id_, a, b, 200) for id_, (a, b) in figures.items()},
                    _trend(dice, 22, 60 / (index + 1)),
                )
            )
        groups[key] = Ranking(key, tuple(ranked), "human.inbound", len(ranked))
    found = sorted(
        (row for row in make_rows(300, now) if row.state == "open"), key=lambda row: row.waiting_since or now
    )
    open_rows = [row if index < 9 else replace(row, waiting_since=None) for index, row in enumerate(found[:37])]
    duty = tuple(
        TeammateRow(
            "acme", f"g{i}", name, _GROUPS["team"][i % 3], i > 3, 5 - i if i < 5 else 0, i % 3, 40 - i, 90.0 * (i + 1)
        )
        for i, name in enumerate(_GROUPS["agent"][:-1])
    )
    edges = (0, 60, 300, 900, 3_600, 14_400, 86_400)
    counts = (540, 380, 160, 80, 30, 10, 4)

    def spread(label: str, metric: str, share: float, target: float | None) -> Distribution:
        buckets = tuple(
            Bucket(low, high, round(count * share), round(count * share * 1.1))
            for low, high, count in zip(edges, (*edges[1:], None), counts, strict=True)
        )
        filters = () if label == "all" else (("channel", (label,)),)
        n = sum(bucket.count for bucket in buckets)
        return Distribution(
            metric, label, filters, Unit.SECONDS, buckets, n, 161.0, 1_122.0, target, 0.45 if target else None, 0.42
        )

    heat = tuple(
        tuple(
            float(max(0, round((9 if 8 <= hour <= 18 else 2) * (1.2 if day < 5 else 0.4) + dice.gauss(0, 1.5))))
            for hour in range(24)
        )
        for day in range(7)
    )
    waits = tuple(tuple(None if not v else 60.0 * v for v in row) for row in heat)
    ns = tuple(tuple(int(v) for v in row) for row in heat)
    rated = [row for row in make_rows(200, now) if row.rating is not None]
    remarks = ("Quick and kind, thank you!", None, "Still waiting for my refund…", "とても親切でした", None)
    ratings = tuple(
        RatingRow(row, now - 3_600 * i, row.rating or 1.0, remarks[i % 5]) for i, row in enumerate(rated[:40])
    )
    return HumanBoard(
        Items(Place("queue.open"), tuple(open_rows), len(open_rows)),
        groups,
        duty,
        None,
        (
            spread("all", "human.first_response.median", 1.0, None),
            spread("chat", "human.first_response.median", 0.6, 60.0),
            spread("email", "human.first_response.median", 0.4, 3_600.0),
        ),
        spread("all", "human.time_to_close.median", 0.8, None),
        ratings,
        Heat("human.inbound", Unit.COUNT, heat, ns),
        Heat("human.response.median", Unit.SECONDS, waits, ns),
    )


def make_comparison(view: View, now: int = NOW) -> ComparisonBoard:
    dice = random.Random(6)
    return ComparisonBoard(
        tuple(
            ComparedRow(
                metric,
                None if metric.change is None else metric.change - 0.02,
                None if metric.change is None else metric.change + 0.02,
                _trend(dice, 22, metric.value or 1) if index % 2 else (),
                _trend(dice, 22, metric.previous or 1) if index % 2 else (),
            )
            for index, metric in enumerate(make_report(view, now).metrics.values())
        )
    )


def make_sources(view: View, now: int = NOW) -> SourcesBoard:
    report = make_report(view, now)
    rows = []
    for index, fresh in enumerate(report.freshness):
        streams = (
            StreamRow("conversations", "ok"),
            StreamRow("articles", "ok" if not index else "pending", None if not index else "not read yet"),
            StreamRow("messages", "refused", "the token may not read outbound messages (403): add the scope"),
        )
        rows.append(SourceRow(fresh, 12_000 + index, streams, "9,412 of 10,000 requests left in the next 41 s", 4))
    metrics = tuple(
        MetricQuality(
            id_,
            metric.spec.label,
            metric.spec.layer,
            metric.quality.value,
            metric.reason,
            tuple((fresh.name, metric.quality.value, metric.reason) for fresh in report.freshness),
        )
        for id_, metric in report.metrics.items()
    )
    return SourcesBoard(tuple(rows), metrics)


def make_funnel_board(view: View, now: int = NOW) -> FunnelBoard:
    window = make_report(view, now).comparison
    if window is None:
        return FunnelBoard(None)
    now, then = make_funnel(), make_funnel(0.92)
    pairs = [((node.id,), node.value, old.value) for node, old in zip(now.nodes, then.nodes, strict=True)]
    pairs += [((a.source, a.target), a.value, b.value) for a, b in zip(now.links, then.links, strict=True)]
    clear = frozenset(path for path, a, b in pairs if abs(a - b) > 1.96 * (a + b) ** 0.5)
    return FunnelBoard(then, window, clear=clear)


def make_board(name: str, view: View, now: int = NOW) -> Board:
    makers = {
        "proactive": make_proactive,
        "selfserve": make_selfserve,
        "human": make_human,
        "comparison": make_comparison,
        "sources": make_sources,
        "funnel": make_funnel_board,
    }
    board: Board = makers[name](view, now)  # type: ignore[operator]
    return board


def make_items(place: Place, count: int, now: int = NOW) -> Items:
    """As many as asked for, of the kind that stands behind the metric."""
    rows: Sequence[Item]
    if place.metric.startswith("proactive."):
        rows = [
            MessageRow("acme", f"r{i}", "Outage notice", "email", f"p{i}", now - 60 * i, now - 30 * i, None, None)
            for i in range(count)
        ]
    elif place.metric.startswith("selfserve.article"):
        rows = [
            ReaderRow("acme", f"p{i}", ("How refunds work",), 1 + i % 3, now - 90 * i - 60, now - 90 * i, "resolved")
            for i in range(count)
        ]
    else:
        rows = make_rows(count, now)
    return Items(place, tuple(rows), count)


def make_choices() -> Choices:
    return Choices(
        {
            "team": tuple(Choice(name, name, 900 - 100 * i) for i, name in enumerate(("billing", "shipping", "none"))),
            "channel": tuple(Choice(name, name, 800 - 90 * i) for i, name in enumerate(("chat", "email", "phone"))),
            "agent": tuple(Choice(name, name, 300 - 9 * i) for i, name in enumerate(("Anna", "Bogdan", "Chiamaka"))),
            "tag": tuple(Choice(f"tag{i}", f"tag{i}", 200 - i) for i in range(60)),
            "source": (Choice("acme", "acme", 2_000),),
            "origin": (),
        }
    )


def make_track(start: int, end: int, points: int) -> Track:
    return Track(start, end, tuple(max(0, (i * 7 % 13) - 3) for i in range(points)))
