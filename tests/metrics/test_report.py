"""Reports as a whole: parts add up, charts and tables agree with the tiles, comparisons are honest."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from funnel_tui.metrics import (
    CATALOGUE,
    PeriodError,
    ReportRequest,
    build_report,
    conversations_behind,
    current_freshness,
    measure_only,
)
from funnel_tui.metrics.drill import BEHIND
from funnel_tui.model.abilities import Abilities, unavailable
from funnel_tui.model.records import (
    Agent,
    Article,
    ArticleCounter,
    ArticleView,
    Conversation,
    Event,
    Kind,
    Outbound,
    Record,
)
from funnel_tui.model.values import Freshness, Quality, Report, Verdict
from funnel_tui.reports import render
from funnel_tui.settings import OfficeHours, Settings
from funnel_tui.sources.intercom.abilities import ABILITIES
from funnel_tui.store import Reader, Store
from tests.metrics.program import load
from tests.reference.worlds import hostile

KOLKATA = Settings(zone=ZoneInfo("Asia/Kolkata"), office_hours=OfficeHours(frozenset(range(5)), 540, 1020))
COUNTS = ("human.inbound", "human.resolved", "selfserve.bot_answered", "human.closed_unanswered")
T = 1_772_000_000


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, int]:
    """(cache, period, now) of a world with everything in it."""
    path = tmp_path_factory.mktemp("world") / "cache.db"
    hostility = hostile(5, conversations=60)
    load(path, [line for line in hostility.lines if line.get("kind") != "merged_into"])
    return path, "last-365d", hostility.as_of + 30 * 86_400


def report(world: tuple[Path, str, int], **request: Any) -> Report:
    path, period, now = world
    return build_report(Reader.open(path), KOLKATA, ReportRequest(period=period, **request), now)


@pytest.mark.parametrize(
    "by", ["team", "channel", "agent", "source", "origin", "hour", "weekday", "day", "week", "month"]
)
def test_parts_add_up_to_the_whole(world: tuple[Path, str, int], by: str) -> None:
    found = report(world, by=by)
    assert found.breakdown is not None
    for id in COUNTS:
        whole = found[id].value
        assert sum(row.metrics[id].value or 0 for row in found.breakdown.rows) == whole, id


@pytest.mark.parametrize("grain", ["hour", "day", "week", "month"])
def test_the_series_adds_up_to_the_tiles(world: tuple[Path, str, int], grain: str) -> None:
    found = report(world, series=grain)
    points = found.series.points
    assert sum(point.human_resolved for point in points) == found["human.resolved"].value
    assert sum(point.inbound or 0 for point in points) == found["human.inbound"].value
    assert sum(point.proactive_delivered or 0 for point in points) == found["proactive.delivered"].value
    ends = {node.id: node.value for node in found.funnel.nodes}
    assert sum(p.selfserve_resolved or 0 for p in points) == ends["article_resolved"] + ends["bot_resolved"]


def test_the_queues_chart_ends_at_the_tile(world: tuple[Path, str, int]) -> None:
    path, _, now = world
    for at in range(now - 60 * 86_400, now, 86_400 * 3 + 977):
        found = build_report(Reader.open(path), KOLKATA, ReportRequest(at=at), now)
        assert found.queue_history[-1].waiting == found["queue.waiting"].value


@pytest.mark.parametrize("metric", sorted(BEHIND))
def test_as_many_conversations_stand_behind_a_number_as_it_says(world: tuple[Path, str, int], metric: str) -> None:
    path, period, now = world
    reader, request = Reader.open(path), ReportRequest(period=period)
    value = build_report(reader, KOLKATA, request, now)[metric]
    rows = conversations_behind(reader, KOLKATA, request, metric, now)
    if value.n is not None and metric != "selfserve.share_resolved":
        assert len(rows) == value.n
    elif metric not in ("selfserve.share_resolved", "selfserve.seekers", "human.reassigned"):
        assert len(rows) == value.value


def test_what_flows_into_a_node_flows_out(world: tuple[Path, str, int]) -> None:
    found = report(world).funnel
    for node in found.nodes:
        into = sum(link.value for link in found.links if link.target == node.id)
        out = sum(link.value for link in found.links if link.source == node.id)
        assert node.value == (out if node.id == "seeking" else into)
        assert out in (0, node.value)


def test_every_id_is_there_always(tmp_path: Path) -> None:
    Store.open(tmp_path / "empty.db").close()
    found = build_report(Reader.open(tmp_path / "empty.db"), KOLKATA, ReportRequest(), T)
    assert list(found.metrics) == list(CATALOGUE)
    assert all(metric.reason for metric in found.metrics.values() if metric.quality is Quality.UNAVAILABLE)


def test_one_line_answers_equal_the_reports(world: tuple[Path, str, int]) -> None:
    path, period, now = world
    reader, request = Reader.open(path), ReportRequest(period=period)
    whole = build_report(reader, KOLKATA, request, now)
    some = measure_only(reader, KOLKATA, request, ["human.csat", "queue.waiting"], now)
    assert some == {id: whole[id] for id in ("human.csat", "queue.waiting")}


@pytest.mark.parametrize(
    "request_", [{"period": "fortnight"}, {"compare": "never"}, {"by": "mood"}, {"filters": {"mood": ("x",)}}]
)
def test_what_does_not_exist_is_refused_with_what_does(world: tuple[Path, str, int], request_: dict[str, Any]) -> None:
    with pytest.raises(PeriodError, match="use"):
        build_report(Reader.open(world[0]), KOLKATA, replace(ReportRequest(), **request_), world[2])


# --- comparison


def replies(first: int, day: int, seconds: list[int]) -> list[Record]:
    """Conversations of one day, each answered after some seconds and closed a minute later."""
    found: list[Record] = []
    for i, wait in enumerate(seconds):
        id, at = f"{first}-{i}", day + 60 * i
        found.append(Conversation(id=id, person=f"p{id}"))
        for offset, kind in ((0, Kind.CUSTOMER_MESSAGE), (wait, Kind.AGENT_REPLY), (wait + 60, Kind.CLOSED)):
            found.append(Event(conversation=id, at=at + offset, kind=kind, actor="g" if offset else None))
    return found


def compared(tmp_path: Path, then: list[int], now: list[int]) -> Report:
    midnight = 1_771_977_600  # 2026-02-25 00:00 UTC
    store = Store.open(tmp_path / "c.db")
    store.write("import", [*replies(1, midnight - 86_400, then), *replies(2, midnight, now)])
    return build_report(
        Reader.open(tmp_path / "c.db"), Settings(zone=ZoneInfo("UTC")), ReportRequest(), midnight + 86_000
    )


def test_a_change_larger_than_its_noise_is_called_by_its_name(tmp_path: Path) -> None:
    found = compared(tmp_path, [600 + i for i in range(40)], [60 + i for i in range(40)])
    first = found["human.first_response.median"]
    assert (first.value, first.previous, first.verdict) == (79.5, 619.5, Verdict.BETTER)
    assert first.change == pytest.approx((79.5 - 619.5) / 619.5)


def test_a_change_within_its_noise_is_unclear(tmp_path: Path) -> None:
    found = compared(tmp_path, [600, 20, 900, 40, 70, 300, 10], [500, 30, 1000, 20, 90, 200, 60])
    assert found["human.first_response.median"].verdict is Verdict.UNCLEAR


def test_no_change_is_the_same(tmp_path: Path) -> None:
    found = compared(tmp_path, [60] * 8, [60] * 8)
    assert found["human.first_response.median"].verdict is Verdict.SAME


def test_a_comparison_waits_until_its_window_has_been_read(tmp_path: Path) -> None:
    midnight = 1_771_977_600
    store = Store.open(tmp_path / "c.db")
    store.write("acme", [*replies(1, midnight - 20 * 86_400, [60] * 9), *replies(2, midnight, [60] * 9)])
    reader, settings = Reader.open(tmp_path / "c.db"), Settings(zone=ZoneInfo("UTC"))
    request = ReportRequest(period="week")
    reading = Freshness("acme", "intercom", midnight, "ok", None, 0.4, midnight - 86_400)
    store.set_freshness(reading)
    found = build_report(reader, settings, request, midnight + 80_000)
    assert found["human.resolved"].previous is None
    assert found["human.resolved"].quality is Quality.APPROXIMATE
    store.set_freshness(replace(reading, progress=None, history_from=midnight - 90 * 86_400))
    found = build_report(reader, settings, request, midnight + 80_000)
    assert found["human.resolved"].previous == 0
    assert found["human.resolved"].quality is Quality.EXACT


# --- quality


def test_counters_make_articles_approximate_and_viewers_unavailable(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "c.db")
    store.register("acme", "intercom", ABILITIES)
    settings = Settings(zone=ZoneInfo("UTC"))
    store.write("acme", [ArticleCounter(article="a", at=T, views=100, conversations=10)])
    one = build_report(Reader.open(tmp_path / "c.db"), settings, ReportRequest(period="month"), T + 60)
    assert one["selfserve.article_views"].quality is Quality.UNAVAILABLE
    assert "two samples" in (one["selfserve.article_views"].reason or "")
    store.write("acme", [ArticleCounter(article="a", at=T + 600, views=140, conversations=18)])
    two = build_report(Reader.open(tmp_path / "c.db"), settings, ReportRequest(period="month"), T + 660)
    views, rate = two["selfserve.article_views"], two["selfserve.article_resolution_rate"]
    assert (views.value, views.quality) == (40, Quality.APPROXIMATE)
    assert (rate.value, rate.n, rate.quality) == (pytest.approx(0.8), 40, Quality.APPROXIMATE)
    assert two["selfserve.article_viewers"].quality is Quality.UNAVAILABLE
    assert {node.id: node.value for node in two.funnel.nodes}["article_resolved"] == 32


def test_a_refused_stream_takes_its_metrics_with_it(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "c.db")
    store.register("acme", "intercom", ABILITIES)
    store.write("acme", [Outbound(id="r", delivered_at=T)])
    store.set_stream_status("acme", "outbound", "refused", "acme: the plan has no export")
    found = build_report(Reader.open(tmp_path / "c.db"), Settings(zone=ZoneInfo("UTC")), ReportRequest(), T + 60)
    assert found["proactive.delivered"].value is None
    assert found["proactive.delivered"].reason == "acme: the plan has no export"
    assert found["human.inbound"].value == 0


def test_where_only_one_of_two_sources_can_tell_it_says_so(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "c.db")
    store.register("acme", "intercom", ABILITIES)
    store.register("import", "import")
    found = build_report(Reader.open(tmp_path / "c.db"), Settings(zone=ZoneInfo("UTC")), ReportRequest(), T)
    viewers = found["selfserve.article_viewers"]
    assert (viewers.value, viewers.quality) == (0, Quality.APPROXIMATE)
    assert "acme" in (viewers.reason or "")


def test_counters_and_single_views_add_up_and_a_source_can_be_told_apart(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "c.db")
    store.register("acme", "intercom", ABILITIES)
    for at, views in ((T, 100), (T + 600, 140)):
        store.write("acme", [ArticleCounter(article="a", at=at, views=views, conversations=10)])
    store.write(
        "import", [ArticleView(article="x", at=T, person="p1"), ArticleView(article="x", at=T + 5, person="p2")]
    )
    reader, settings = Reader.open(tmp_path / "c.db"), Settings(zone=ZoneInfo("UTC"))

    def views(**filters: tuple[str, ...]) -> tuple[float | None, Quality]:
        request = ReportRequest(period="month", filters=filters)
        found = build_report(reader, settings, request, T + 700)["selfserve.article_views"]
        return found.value, found.quality

    assert views() == (42, Quality.APPROXIMATE)
    assert views(source=("acme",)) == (40, Quality.APPROXIMATE)
    assert views(source=("Import",)) == (2, Quality.EXACT)


def test_ids_of_two_workspaces_are_two_rows_and_names_are_not_mistaken_for_ids(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "c.db")
    for workspace, agents in (("a", {"7": "sam", "sam": "Samuel"}), ("b", {"7": "Ann"})):
        store.write(workspace, [Agent(id=id, name=name) for id, name in agents.items()])
        for id in agents:
            talk = [
                Event(conversation=id, at=T, kind=Kind.CUSTOMER_MESSAGE),
                Event(conversation=id, at=T + 60, kind=Kind.AGENT_REPLY, actor=id),
            ]
            store.write(workspace, talk)
    request = ReportRequest(period="month", by="agent")
    found = build_report(Reader.open(tmp_path / "c.db"), Settings(zone=ZoneInfo("UTC")), request, T + 700).breakdown
    assert found is not None
    rows = [(row.key, row.label, row.metrics["human.inbound"].value) for row in found.rows]
    assert rows == [("7", "Ann", 1), ("7", "sam", 1), ("sam", "Samuel", 1)]


def test_what_is_written_meanwhile_does_not_reach_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reply that is committed while a report is made must not be seen by half of it."""
    store = Store.open(tmp_path / "c.db")
    store.write("import", [Event(conversation="c", at=T, kind=Kind.CUSTOMER_MESSAGE)])
    reader = Reader.open(tmp_path / "c.db")
    kinds = Reader.kinds

    def slow(self: Reader) -> dict[str, str]:
        store.write("import", [Event(conversation="c", at=T + 500, kind=Kind.AGENT_REPLY)])
        return kinds(self)

    monkeypatch.setattr(Reader, "kinds", slow)
    found = build_report(reader, Settings(zone=ZoneInfo("UTC")), ReportRequest(at=T + 100), T + 900)
    assert found["queue.waiting"].value == 1


def test_old_figures_are_called_stale(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "c.db")
    store.set_freshness(Freshness("acme", "intercom", T, "ok"))
    reader, settings = Reader.open(tmp_path / "c.db"), Settings(zone=ZoneInfo("UTC"))
    states = [current_freshness(reader, settings, T + age)[0].state for age in (60, 900, 901, 30 * 86_400)]
    assert states == ["ok", "ok", "stale", "stale"]


def test_who_was_on_duty_earlier_is_told_by_who_is_now(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "c.db")
    store.register("acme", "intercom", ABILITIES)
    store.write("acme", [Agent(id="g", away=False), Event(conversation="c", at=T, kind=Kind.CUSTOMER_MESSAGE)])
    reader, settings = Reader.open(tmp_path / "c.db"), Settings(zone=ZoneInfo("UTC"))
    now, earlier = (build_report(reader, settings, ReportRequest(at=at), T)["queue.on_duty"] for at in (T, T - 86_400))
    assert (now.value, now.quality) == (1, Quality.EXACT)
    assert (earlier.value, earlier.quality) == (1, Quality.APPROXIMATE)


def test_the_topic_that_got_worse_is_found_among_many(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "c.db")
    midnight = 1_771_977_600
    for day, handed_off in ((0, 5), (1, 35)):
        for i in range(40):
            id, at = f"{day}-{i}", midnight - 86_400 * (1 - day) + i
            events = [
                Event(conversation=id, at=at, kind=Kind.CUSTOMER_MESSAGE),
                Event(conversation=id, at=at + 1, kind=Kind.BOT_ANSWER),
            ]
            if i < handed_off:
                events.append(Event(conversation=id, at=at + 2, kind=Kind.BOT_HANDOFF))
            store.write("import", [Conversation(id=id, tags=("zebra", f"a{i:03d}")), *events])
    reader, settings = Reader.open(tmp_path / "c.db"), Settings(zone=ZoneInfo("UTC"))
    found = build_report(reader, settings, ReportRequest(), midnight + 80_000).signals
    assert [signal.id for signal in found if signal.id.startswith("topic.")] == ["topic.zebra.handed_off"]


def test_nothing_is_usual_before_its_history_is_read(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "c.db")
    for week in range(3):
        id, at = f"c{week}", T - week * 7 * 86_400
        waits = [Event(conversation=id, at=at - 600, kind=Kind.CUSTOMER_MESSAGE)]
        store.write("acme", [*waits, Event(conversation=id, at=at + 600, kind=Kind.AGENT_REPLY)])
    reader, settings = Reader.open(tmp_path / "c.db"), Settings(zone=ZoneInfo("UTC"))

    def usual() -> float | None:
        return build_report(reader, settings, ReportRequest(), T).queue_history[-1].usual

    assert usual() == 1
    store.set_freshness(Freshness("acme", "intercom", T, "ok", None, 0.1, T - 3 * 86_400))
    assert usual() is None


def test_counters_that_do_not_tell_of_conversations_resolve_nothing(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "c.db")
    store.register("acme", "chatwoot", Abilities(counters=True))
    store.write("acme", [Article(id="a"), ArticleCounter(article="a", at=T, views=10, conversations=None)])
    store.write("acme", [ArticleCounter(article="a", at=T + 600, views=25, conversations=None)])
    reader, settings = Reader.open(tmp_path / "c.db"), Settings(zone=ZoneInfo("UTC"))
    found = build_report(reader, settings, ReportRequest(period="month"), T + 660)
    assert found["selfserve.article_views"].value == 15
    assert found["selfserve.article_resolution_rate"].value is None
    assert {node.id: node.value for node in found.funnel.nodes}.get("article_resolved", 0) == 0


def test_what_the_sources_cannot_tell_is_in_no_chart_either(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "c.db")
    no_articles = unavailable("Nobody counts readers.")
    store.register("acme", "rt", Abilities(metrics={"proactive.": no_articles, "selfserve.share": no_articles}))
    store.write(
        "acme",
        [
            Conversation(id="1", person="p"),
            Event(conversation="1", at=T, kind=Kind.CUSTOMER_MESSAGE, actor="p"),
            Event(conversation="1", at=T + 60, kind=Kind.AGENT_REPLY, actor="a"),
            Event(conversation="1", at=T + 90, kind=Kind.CLOSED, by="agent"),
        ],
    )
    reader, settings = Reader.open(tmp_path / "c.db"), Settings(zone=ZoneInfo("UTC"))
    found = build_report(reader, settings, ReportRequest(period="month", series="day"), T + 660)
    for series in (found.series, found.monthly, found.daily):
        point = series.points[-1]
        assert (point.selfserve_resolved, point.human_resolved, point.proactive_delivered, point.seekers) == (
            None,
            1,
            None,
            1,
        )
    assert (found.funnel.quality, found.funnel.reason) == (Quality.APPROXIMATE, "Nobody counts readers.")
    assert {node.id: node.value for node in found.funnel.nodes}["team_resolved"] == 1


@pytest.mark.parametrize("filters", [{"team": ("t",)}, {"channel": ("chat",)}, {"origin": ("customer",)}])
def test_what_a_filter_cannot_reach_is_in_no_chart_either(
    world: tuple[Path, str, int], filters: dict[str, tuple[str, ...]]
) -> None:
    """Reads have no team: what self-serve resolved of a team would be the bot's part alone, and 0 where it has none."""
    request = ReportRequest(period="quarter", series="day", filters=filters)
    found = build_report(Reader.open(world[0]), KOLKATA, request, world[2])
    assert found["selfserve.share_resolved"].quality is Quality.UNAVAILABLE
    for series in (found.series, found.monthly, found.daily):
        assert {(p.selfserve_resolved, p.seekers) for p in series.points} == {(None, None)}
    told = json.loads(render(found, "json"))
    assert {point["selfserve_resolved"] for point in told["series"]["points"]} == {None}
