"""One conversation on screen: waits, office hours, targets, states, ratings, finding words, and its neighbours."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from funnel_tui.charts.cells import MARKED, Line, line_width
from funnel_tui.model.values import Timeline, TimelineEntry
from funnel_tui.settings import OfficeHours, Target
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.screens.ask import Ask
from funnel_tui.tui.screens.drill import DrillScreen
from funnel_tui.tui.screens.timeline import TimelineScreen
from funnel_tui.tui.state import View
from funnel_tui.tui.story import tell
from funnel_tui.tui.waits import Terms

from .conftest import SIZES, opened, shown, until
from .fake_app import make_app
from .fake_report import NOW, ZONE, FakeBackend, make_rows, make_timeline

ROWS = make_rows(3)
OFFICE = OfficeHours(frozenset(range(5)), 9 * 60, 17 * 60)
TERMS = Terms(ZONE)
sizes = pytest.mark.parametrize("size", SIZES[:2], ids=["80x24", "120x40"])


def text_of(line: Line) -> str:
    return "".join(span.text for span in line)


def texts(timeline: Timeline, width: int = 100, terms: Terms = TERMS, now: int | None = None) -> list[str]:
    lines = tell(timeline, width, terms, now).lines
    assert all(line_width(line) == width for line in lines)
    return [text_of(line).rstrip() for line in lines]


def moment(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Dublin")).timestamp())


def conversation(*entries: TimelineEntry, channel: str = "chat", waiting_since: int | None = None) -> Timeline:
    return Timeline(replace(ROWS[0], channel=channel, waiting_since=waiting_since), entries)


def wrote(at: int, text: str = "Hello") -> TimelineEntry:
    return TimelineEntry(at, "customer_message", "Maeve", "customer", text)


def replied(at: int, wait: int | None = None) -> TimelineEntry:
    return TimelineEntry(at, "agent_reply", "Anna", "agent", "Hi", wait)


def did(at: int, kind: str, who: str = "Anna", role: str = "agent", text: str | None = None) -> TimelineEntry:
    return TimelineEntry(at, kind, who, role, text)


@pytest.mark.parametrize("width", [40, 77, 117, 197])
def test_the_wait_is_marked_in_the_margin(width: int) -> None:
    found = texts(make_timeline(ROWS[0]), width)
    end = next(index for index, text in enumerate(found) if "┗ 10m" in text)
    assert "Anna replied" in found[end]
    begin = next(index for index, text in enumerate(found) if "handed over" in text)
    assert all("┃" in text for text in found[begin:end])
    assert "┃" not in "".join(found[:begin] + found[end + 1 :])


def test_a_wait_over_a_night_is_dotted_and_says_how_much_of_it_was_in_office_hours() -> None:
    friday, monday = moment("2026-11-20T16:50"), moment("2026-11-23T09:05")
    night = moment("2026-11-20T23:00")
    timeline = conversation(wrote(friday), wrote(night, "Anybody?"), replied(monday, monday - friday))
    found = texts(timeline, terms=Terms(ZONE, OFFICE))
    assert "".join(line.ljust(10)[9] for line in found) == "─┏┃╎┏╎╎┃┗  "
    assert any("15m of it in office hours" in line for line in found)
    assert any("6h outside office hours" in line for line in found)
    assert any("2d 10h outside office hours" in line for line in found)
    without = texts(timeline)
    assert "╎" not in "".join(without)
    assert "office" not in "".join(without)


def test_a_wait_wholly_outside_says_so_and_one_inside_says_nothing() -> None:
    sunday, tuesday = moment("2026-11-22T12:00"), moment("2026-11-24T12:00")
    terms = Terms(ZONE, OFFICE)
    outside = texts(conversation(wrote(sunday), replied(sunday + 600, 600)), terms=terms)
    assert any("none of it in office hours" in line for line in outside)
    inside = texts(conversation(wrote(tuesday), replied(tuesday + 600, 600)), terms=terms)
    assert not any("office" in line for line in inside)


@pytest.mark.parametrize(("channel", "late"), [("chat", True), ("Chat", True), ("email", False), ("phone", False)])
def test_a_wait_over_its_channels_target_is_marked(channel: str, late: bool) -> None:
    terms = Terms(ZONE, None, {"chat": Target(60, 0.5), "email": Target(3_600, 0.5)})
    found = texts(conversation(wrote(NOW), replied(NOW + 600, 600), channel=channel), terms=terms)
    assert any("┗ 10m !" in line for line in found) is late
    assert any("over the target of 1m" in line for line in found) is late


def test_who_still_waits_grows_older() -> None:
    terms = Terms(ZONE, None, {"chat": Target(60, 0.5)})
    waiting = conversation(wrote(NOW), waiting_since=NOW)
    assert texts(waiting)[-1].endswith("still waiting for an answer")
    assert texts(waiting, now=NOW + 40, terms=terms)[-1].endswith("still waiting for an answer, 40s so far")
    late = texts(waiting, now=NOW + 100, terms=terms)
    assert "1m 40s !" in late[-2]
    assert late[-1].endswith("! over the target of 1m")


def test_states_are_said() -> None:
    found = texts(
        conversation(
            wrote(NOW),
            did(NOW + 10, "snoozed"),
            wrote(NOW + 20),
            did(NOW + 30, "closed"),
            wrote(NOW + 40),
            did(NOW + 41, "reopened", "", "system"),
            did(NOW + 50, "closed", "Fin", "bot"),
            did(NOW + 60, "spam", "", "system"),
        )
    )
    said = [line.strip() for line in found if " · " in line]
    assert [line.split(" · ")[1].split("  ")[0] for line in said] == [
        "SNOOZED",
        "OPEN AGAIN",
        "CLOSED",
        "OPEN AGAIN",
        "CLOSED",
        "SPAM",
    ]
    assert "Maeve wrote · OPEN AGAIN" in said[1]
    assert "workflow reopened it · OPEN AGAIN" in said[3]


def test_a_rating_stands_in_its_line_and_its_remark_below() -> None:
    found = texts(conversation(wrote(NOW), did(NOW + 5, "rated", "Maeve", "customer", "2 on 1-5: Slow: very\nslow")))
    place = next(index for index, line in enumerate(found) if "Maeve rated it 2 on 1-5" in line)
    assert found[place + 1].strip() == "Slow: very"
    assert found[place + 2].strip() == "slow"


def test_a_chat_thread_reads_the_same() -> None:
    row = replace(ROWS[0], state="open", channel="#ask-support", team=None, waiting_since=NOW)
    found = texts(Timeline(row, (wrote(NOW, "How do refunds work?"),)), now=NOW + 120)
    assert "Maeve wrote" in found[1]
    assert found[-1].endswith("still waiting for an answer, 2m so far")


def test_text_that_would_move_the_cursor_is_harmless() -> None:
    evil = "\x1b[2J\x1b]0;pwned\x07 \u202eolleh"
    timeline = conversation(TimelineEntry(NOW, "customer_message", evil, "customer", evil))
    told = tell(timeline, 60, TERMS, words="olleh")
    assert not {"\x1b", "\x07", "\u202e"} & set("".join(map(text_of, told.lines)))


def test_found_words_are_marked_wherever_they_stand() -> None:
    timeline = conversation(wrote(NOW, "A refund, 請求 refund please"), replied(NOW + 5), wrote(NOW + 9, "REFUND"))
    told = tell(timeline, 80, TERMS, words="refund")
    marked = [span.text for line in told.lines for span in line if span.style == MARKED]
    assert marked == ["refund", "refund", "REFUND"]
    assert [text_of(told.lines[line]).split()[2] for line in told.matches] == ["wrote", "wrote"]
    assert len(tell(timeline, 80, TERMS, words="refund please").matches) == 1
    assert tell(timeline, 80, TERMS, words="nowhere").matches == []


# On screen


class LongStories(FakeBackend):
    """Conversations of a hundred messages, to which another one can come."""

    more = 0

    def timeline(self, source: str, conversation: str, at: int) -> Timeline | None:
        row = next((row for row in make_rows(self.rows) if row.id == conversation), None)
        if row is None:
            return None
        entries = [wrote(NOW - 9_000 + 60 * i, f"message {i} {'apple' if i % 40 == 7 else ''}") for i in range(100)]
        entries += [wrote(NOW - 60 + i, f"late {i}") for i in range(self.more)]
        return Timeline(row, tuple(entries))


async def to_story(pilot, app: FunnelApp) -> TimelineScreen:  # type: ignore[no-untyped-def]
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, DrillScreen) and app.screen.found is not None)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, TimelineScreen) and app.screen.story.timeline is not None)
    assert isinstance(app.screen, TimelineScreen)
    return app.screen


@sizes
async def test_slash_finds_n_goes_on_and_esc_forgets(size: tuple[int, int]) -> None:
    app = make_app(LongStories())
    async with opened(app, size) as pilot:
        screen = await to_story(pilot, app)
        assert "J next" in shown(app)
        assert "n next match" not in shown(app)
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press(*"apple")
        await until(pilot, lambda: screen.story.matches == 3)
        await pilot.press("enter")
        assert "“apple” 1 of 3" in shown(app)
        assert "message 7 apple" in shown(app)
        await pilot.press("n")
        assert "“apple” 2 of 3" in shown(app)
        assert "message 47 apple" in shown(app)
        await pilot.press("n", "n", "N")
        assert "“apple” 3 of 3" in shown(app)
        await pilot.press("escape")
        assert app.screen is screen
        assert "“apple”" not in shown(app)
        await pilot.press("n")
        assert "/ finds words" in shown(app)
        await pilot.press("escape")
        assert isinstance(app.screen, DrillScreen)


@sizes
async def test_the_neighbours_in_the_list_are_a_key_away(size: tuple[int, int]) -> None:
    app = make_app(LongStories())
    async with opened(app, size) as pilot:
        screen = await to_story(pilot, app)
        drill = app.screen_stack[-2]
        assert isinstance(drill, DrillScreen)
        order = [row.item.id for row in drill.list.arranged_rows]
        assert screen.row.id == order[0]
        assert "1 of 57" in shown(app)
        await pilot.press("K")
        assert "The first one of the list" in shown(app)
        await pilot.press("end", "J")
        await until(pilot, lambda: screen.story.timeline is not None and screen.story.timeline.row.id == order[1])
        assert "2 of 57" in shown(app)
        assert screen.story.top == 0
        assert screen.crumbs[-1] == order[1]
        assert drill.list.current is not None
        assert drill.list.current.item.id == order[1]
        await pilot.press("J", "K", "K")
        await until(pilot, lambda: screen.story.timeline is not None and screen.story.timeline.row.id == order[0])
        await pilot.press("y")
        assert app.clipboard == screen.row.url
        await pilot.press("escape")
        assert app.screen is drill


@sizes
async def test_what_is_read_stays_in_place_while_news_come_and_sizes_change(size: tuple[int, int]) -> None:
    backend = LongStories()
    app = make_app(backend)
    async with opened(app, size) as pilot:
        screen = await to_story(pilot, app)
        await pilot.press("pagedown", "pagedown", "down")
        top, first = screen.story.top, screen.story.lines[1]
        backend.more = 3
        app.look(replace(app.view, compare="none"))
        await until(pilot, lambda: screen.story.timeline is not None and len(screen.story.timeline.entries) == 103)
        assert screen.story.top == top
        assert screen.story.lines[1] == first
        at_top = text_of(first).split("Maeve")[0]
        await pilot.resize_terminal(size[0] - 15, size[1] - 2)
        await until(pilot, lambda: screen.story.size.width <= size[0] - 15)
        assert text_of(screen.story.lines[1]).split("Maeve")[0] == at_top


class Waiting(FakeBackend):
    def timeline(self, source: str, conversation: str, at: int) -> Timeline | None:
        return Timeline(replace(ROWS[0], channel="chat", waiting_since=NOW), (wrote(NOW),))


async def test_a_running_wait_ticks_and_says_when_it_is_late() -> None:
    now = [NOW + 50]
    app = make_app(Waiting(), clock=lambda: now[0])
    app.settings = replace(app.settings, targets={"chat": Target(60, 0.5)})
    async with opened(app, (80, 24)) as pilot:
        screen = TimelineScreen(ROWS[0], ("Somewhere", ROWS[0].id))
        app.push_screen(screen)
        await until(pilot, lambda: screen.composed and "50s so far" in shown(app))
        now[0] = NOW + 55
        screen.tick()
        assert "55s so far" in shown(app)
        assert "over the target" not in shown(app)
        now[0] = NOW + 61
        screen.tick()
        assert "1m 1s so far" in shown(app)
        assert "! over the target of 1m" in shown(app)
        await pilot.press("question_mark")
        await until(pilot, lambda: "HERE: CONVERSATION" in shown(app))


async def test_a_conversation_opened_from_nowhere_has_no_neighbours() -> None:
    app = make_app(LongStories())
    async with opened(app) as pilot:
        screen = TimelineScreen(ROWS[0], ("Somewhere", ROWS[0].id))
        app.push_screen(screen)
        await until(pilot, lambda: screen.composed and screen.story.timeline is not None)
        assert "J next" not in shown(app)
        await pilot.press("J")
        assert "No list lies behind" in shown(app)


async def test_a_conversation_that_is_gone_says_so() -> None:
    app = make_app(LongStories(), view=View("month"))
    async with opened(app) as pilot:
        gone = replace(ROWS[0], id="gone")
        screen = TimelineScreen(gone, ("Somewhere", "gone"))
        app.push_screen(screen)
        await until(pilot, lambda: screen.composed and screen.story.missing)
        assert "not in the cache any more" in shown(app)
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("a", "enter", "n", "J", "end", "y")
        assert app.screen is screen


def test_only_the_last_line_changes_with_the_clock() -> None:
    waiting = conversation(wrote(NOW), waiting_since=NOW)
    before, after = tell(waiting, 80, TERMS, NOW + 30), tell(waiting, 80, TERMS, NOW + 31)
    assert before.lines[:-1] == after.lines[:-1]
    assert before.lines[-1] != after.lines[-1]
