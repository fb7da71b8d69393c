"""The board of campaigns: figures counted by hand, complete weeks, and what cannot be told."""

from pathlib import Path

import pytest

from funnel_tui.metrics import PeriodError
from funnel_tui.model.abilities import Abilities, unavailable
from funnel_tui.model.records import Outbound
from funnel_tui.model.values import Verdict
from funnel_tui.store import Store
from tests.metrics.boards import board, figures, row
from tests.reference.script import receipt, talk, view, when

SPRING = [
    receipt("r1", campaign="spring", campaign_name="Spring news", delivered="03-02 10:00", opened="03-02 11:00",
            clicked="03-02 11:05", replied="03-03 09:00"),
    receipt("r2", campaign="spring", campaign_name="Spring news", delivered="03-02 10:00", opened="03-20 11:00"),
    receipt("r3", campaign="spring", campaign_name="Spring news", delivered="03-30 23:00"),
    receipt("r4", campaign="spring", campaign_name="Spring news", delivered="03-01 10:00", bounced="03-04 10:00"),
    receipt("r5", campaign="spring", campaign_name="Spring news", delivered="02-27 10:00", opened="02-27 11:00"),
]  # fmt: skip
TOUR = [receipt(f"t{n}", campaign="tour", delivered=f"03-0{n} 12:00") for n in range(1, 7)]


def test_a_campaign_says_what_was_counted(tmp_path: Path) -> None:
    found = board(tmp_path / "c.db", "proactive", SPRING, TOUR, now="03-31 12:00", period="month").campaigns
    assert [(row.key, row.label) for row in found.rows] == [("tour", "tour"), ("spring", "Spring news")]
    assert (found.by, found.total, found.reason) == ("campaign", 2, None)
    assert figures(row(found, "spring")) == {
        "delivered": (4, None, None),
        "opened": (2, None, None),
        "open_rate": (2 / 3, 3, 1),  # r3 came 13 hours ago
        "clicked": (1, None, None),
        "replied": (1, None, None),
        "bounced": (1, None, None),
    }


def test_a_campaign_is_compared_as_the_tiles_are(tmp_path: Path) -> None:
    found = board(tmp_path / "c.db", "proactive", SPRING, TOUR, now="03-31 12:00", period="month").campaigns
    delivered, rate = (row(found, "spring").metrics[f"proactive.{id}"] for id in ("delivered", "open_rate"))
    assert (delivered.previous, delivered.change) == (1, 3)
    assert (rate.previous, rate.previous_n, rate.change) == (1, 1, pytest.approx(-1 / 3))
    assert rate.verdict is Verdict.UNCLEAR
    assert row(found, "tour").metrics["proactive.delivered"].previous == 0


def test_the_trend_is_the_days_so_far(tmp_path: Path) -> None:
    found = board(tmp_path / "c.db", "proactive", SPRING, TOUR, now="03-07 12:00", period="month").campaigns
    assert found.trend_of == "proactive.delivered"
    assert row(found, "tour").trend == (1, 1, 1, 1, 1, 1, 0)
    assert row(found, "spring").trend == (1, 2, 0, 0, 0, 0, 0)


def test_the_trend_of_a_day_is_its_hours_and_of_a_year_its_weeks(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    day = board(path, "proactive", SPRING, TOUR, period="2026-03-02..2026-03-02").campaigns
    assert [hour for hour, count in enumerate(row(day, "spring").trend) if count] == [10]
    assert len(row(day, "spring").trend) == 24
    year = board(path, "proactive", period="2026-01-01..2026-12-31").campaigns
    assert len(row(year, "spring").trend) == 18  # of 1 January to 1 May, the first and last in part
    assert sum(count or 0 for count in row(year, "spring").trend) == 5


def test_a_message_that_bounced_alone_is_a_row(tmp_path: Path) -> None:
    late = receipt("x", campaign="late", delivered="02-28 10:00", bounced="03-01 10:00")
    found = board(tmp_path / "c.db", "proactive", late, SPRING).campaigns
    assert [row.key for row in found.rows] == ["spring", "late"]
    assert figures(row(found, "late"))["bounced"] == (1, None, None)
    assert figures(row(found, "late"))["open_rate"] == (None, 0, 0)


def test_equal_ids_of_two_sources_are_told_apart(tmp_path: Path) -> None:
    lines = [receipt("r", campaign="c1", delivered="03-02 10:00", workspace=name) for name in ("a", "b")]
    lines.append(receipt("s", campaign="c2", delivered="03-02 10:00", workspace="a"))
    found = board(tmp_path / "c.db", "proactive", lines).campaigns
    assert sorted(row.key for row in found.rows) == ["a/c1", "b/c1", "c2"]


def test_campaigns_of_one_name_say_when_they_went_out(tmp_path: Path) -> None:
    """By the first delivery of the period; where all names differ nothing has to be told apart."""
    lines = [
        receipt("a", campaign="one", campaign_name="Welcome", delivered="02-27 10:00"),
        receipt("b", campaign="one", campaign_name="Welcome", delivered="03-05 10:00"),
        receipt("c", campaign="one", campaign_name="Welcome", delivered="03-09 10:00"),
        receipt("d", campaign="two", campaign_name="welcome", delivered="03-07 10:00"),
        receipt("e", campaign="two", campaign_name="welcome", bounced="03-03 10:00"),
        receipt("f", campaign="none-arrived", campaign_name="Welcome", bounced="03-03 10:00"),
        receipt("g", campaign="other", campaign_name="Planned", delivered="03-01 10:00"),
    ]
    found = board(path := tmp_path / "c.db", "proactive", lines).campaigns
    assert {row.key: row.since for row in found.rows} == {
        "one": when("03-05 10:00"),
        "two": when("03-07 10:00"),
        "none-arrived": None,
        "other": when("03-01 10:00"),
    }
    cut = board(path, "proactive", at=when("03-06 00:00")).campaigns
    assert {row.key: row.since for row in cut.rows if row.key == "one"} == {"one": when("03-05 10:00")}
    alone = board(tmp_path / "d.db", "proactive", lines[3:4], lines[6:]).campaigns
    assert {row.since for row in alone.rows} == {None}


def test_weeks_are_whole_ones(tmp_path: Path) -> None:
    """Monday to Monday: 2 March is one, and the week of 30 March ends after the period."""
    lines = [*SPRING, *TOUR, *talk("c", "02-11 10:00 customer"), *talk("d", "03-25 10:00 customer")]
    weekly = board(tmp_path / "c.db", "proactive", lines).weekly
    assert weekly.by == "week"
    assert [point.start for point in weekly.points] == [
        when(f"{monday} 00:00") for monday in ("02-16", "02-23", "03-02", "03-09", "03-16", "03-23")
    ]
    assert [point.proactive_delivered for point in weekly.points] == [0, 3, 7, 0, 0, 0]
    assert [point.seekers for point in weekly.points] == [0, 0, 0, 0, 0, 1]


def test_half_a_year_of_weeks_at_most(tmp_path: Path) -> None:
    lines = [*SPRING, *talk("c", "2025-01-06 10:00 customer")]
    weekly = board(tmp_path / "c.db", "proactive", lines).weekly
    assert len(weekly.points) == 26
    assert weekly.points[-1].end == when("03-30 00:00")


def weeks(delivered: list[int], seekers: list[int]) -> list[dict[str, object]]:
    """So many messages and readers in each of the weeks that end with the one of 23 March, after one empty week."""
    lines = [view("2025-12-01 10:00", "a", person="p0")]
    for number, (sent, asked) in enumerate(zip(delivered, seekers, strict=True)):
        monday = when("03-23 00:00") - (len(delivered) - 1 - number) * 7 * 86_400
        lines += [{**receipt(f"r{number}-{n}"), "delivered_at": monday + 60 * n} for n in range(sent)]
        lines += [
            {**view("03-01 00:00", "a", person=f"p{n}"), "at": monday + 3 * 86_400 + 60 * n} for n in range(asked)
        ]
    return lines


def test_what_moves_together_is_told_with_its_weeks(tmp_path: Path) -> None:
    sent, asked = [1, 4, 2, 5, 3, 6, 2, 1], [6, 3, 5, 2, 4, 1, 5, 5]
    found = board(tmp_path / "c.db", "proactive", weeks(sent, asked))
    assert found.reason is None
    first = found.together[0]
    points = found.weekly.points
    assert [point.proactive_delivered for point in points[-8:]] == sent
    assert [point.seekers for point in points[-8:]] == asked
    assert [pair.n for pair in found.together] == [len(points), len(points) - 1, len(points) - 2]
    assert first.r is not None
    assert first.low is not None
    assert first.high is not None
    assert first.low < first.r < first.high


def test_nothing_moves_with_what_is_always_the_same(tmp_path: Path) -> None:
    found = board(
        tmp_path / "c.db", "proactive", [*talk("c", "02-02 10:00 customer"), *talk("d", "03-25 10:00 customer")]
    )
    assert len(found.weekly.points) == 7
    assert (found.together, found.reason) == ((), "As many messages were delivered in each week: nothing moves.")


def test_a_few_weeks_are_too_few(tmp_path: Path) -> None:
    found = board(tmp_path / "c.db", "proactive", SPRING)
    assert (found.together, found.reason) == ((), "It takes 6 complete weeks; 4 are known.")
    nothing = board(tmp_path / "empty.db", "proactive", talk("c", "03-30 10:00 customer"))
    assert nothing.weekly.points == ()
    assert nothing.reason == "It takes 6 complete weeks; none is known."


def test_a_source_without_receipts_says_so(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    store = Store.open(path)
    store.register("desk", "some", Abilities(metrics={"proactive.": unavailable("It tells of no messages.")}))
    store.write("desk", [Outbound(id="r", campaign="c", delivered_at=when("03-02 10:00"))])
    store.close()
    found = board(path, "proactive")
    assert (found.campaigns.rows, found.campaigns.reason) == ((), "It tells of no messages.")
    assert (found.together, found.reason) == ((), "It tells of no messages.")
    assert {point.proactive_delivered for point in found.weekly.points} <= {None}


def test_a_team_sends_no_messages(tmp_path: Path) -> None:
    found = board(tmp_path / "c.db", "proactive", SPRING, filters={"team": ("billing",)})
    assert found.campaigns.reason == found.reason == "Its records have no team to filter by."


def test_a_channel_narrows_the_table(tmp_path: Path) -> None:
    lines = [*TOUR, *({**line, "channel": "email"} for line in SPRING)]
    found = board(tmp_path / "c.db", "proactive", lines, filters={"channel": ("EMAIL",)}).campaigns
    assert [row.key for row in found.rows] == ["spring"]
    assert figures(found.rows[0])["delivered"] == (4, None, None)


def test_the_largest_200_are_given(tmp_path: Path) -> None:
    lines = [
        receipt(f"{campaign}-{n}", campaign=f"c{campaign:03d}", delivered="03-02 10:00")
        for campaign in range(205)
        for n in range(1 + campaign % 2)
    ]
    found = board(tmp_path / "c.db", "proactive", lines).campaigns
    assert (len(found.rows), found.total) == (200, 205)
    assert [row.key for row in found.rows[:2]] == ["c001", "c003"]
    assert figures(found.rows[101])["delivered"] == (2, None, None)
    assert figures(found.rows[102])["delivered"] == (1, None, None)


def test_what_is_no_board_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PeriodError, match="use proactive"):
        board(tmp_path / "c.db", "mood", SPRING)
