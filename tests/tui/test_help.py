"""Help and palette: the screen's own keys first, where to look for what, every action by the words that people use."""

import pytest
from textual.command import CommandList
from textual.widgets import Input

from funnel_tui.tui.bindings import ALL_KEYS, SCREENS
from funnel_tui.tui.helping import QUESTIONS, blocks, help_rows, own_keys
from funnel_tui.tui.palette import Action, actions, fits
from funnel_tui.tui.screens.directory import SCREENS as NAMES
from funnel_tui.tui.screens.directory import make_screen
from funnel_tui.tui.screens.help import HelpScreen
from funnel_tui.tui.screens.overview import OverviewScreen
from funnel_tui.tui.screens.timeline import TimelineScreen
from funnel_tui.tui.state import View

from .conftest import SIZES, opened, shown, until
from .fake_app import make_app
from .fake_report import NOW

sizes = pytest.mark.parametrize("size", SIZES[:2], ids=["80x24", "120x40"])


def words_of(rows) -> str:  # type: ignore[no-untyped-def]
    return "\n".join("".join(text for text, _ in row) for row in rows)


@pytest.mark.parametrize("columns", [1, 2])
def test_every_key_stands_in_it_once(columns: int) -> None:
    text = words_of(help_rows(own_keys(TimelineScreen.KEYS), "c1", {}, columns, 113))
    for key in ALL_KEYS:
        assert text.count(key.help) == 1, key
    assert "…" not in text.replace("Where is …?".upper(), "")


def test_what_the_screen_can_do_comes_first_and_then_where_things_are() -> None:
    found = blocks(own_keys(TimelineScreen.KEYS), "c1", {})
    assert [block[0][0][0] for block in found[:2]] == ["HERE: C1", "WHERE IS …?"]
    assert found[0][1] == [("/       ", "text!"), ("Find words in the conversation", "muted")]


def test_the_ten_questions_lead_to_keys_that_there_are() -> None:
    ids = {key.id for keys in SCREENS.values() for key in keys}
    assert len(QUESTIONS) == 10
    assert all(ways and set(ways) <= ids for ways, _ in QUESTIONS[:7])
    rebound = words_of(blocks((), "", {"screen.human": "f2", "group": "v"})[0])
    assert "f2 v    Times and ratings by team" in rebound
    assert rebound.count("later") == 2


@sizes
async def test_help_scrolls_to_its_end_and_follows_the_size(size: tuple[int, int]) -> None:
    app = make_app()
    async with opened(app, size) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and "WHERE IS" in shown(app))
        assert "HERE: OVERVIEW" in shown(app)
        await pilot.press("G")
        await until(pilot, lambda: "a wait in office hours" in shown(app))
        await pilot.press("g")
        await until(pilot, lambda: "HERE: OVERVIEW" in shown(app))
        await pilot.resize_terminal(70, 22)
        await until(pilot, lambda: app.screen.query_one("Panel").size.width == 68)
        assert "WHERE IS" in shown(app)
        await pilot.press("question_mark")
        assert isinstance(app.screen, OverviewScreen)


@sizes
async def test_the_footer_of_the_overview_points_to_the_help(size: tuple[int, int]) -> None:
    app = make_app()
    async with opened(app, size):
        assert "? help" in shown(app).splitlines()[-1]


async def test_the_palette_has_every_action_of_every_screen_once() -> None:
    app = make_app(view=View("month", at=NOW - 86_400))
    async with opened(app):
        screens = [app.screen, *(make_screen(name) for name in NAMES)]
        for screen in screens:
            names = [action.name for action in actions(app, screen)]  # type: ignore[arg-type]
            assert len(names) == len(set(names))
            wanted = {"Overview", "Time travel: any past moment, and back to live", "Last 28 days", "Theme light"}
            assert wanted | {"Save the screen as SVG and text", "No filters", "Back to live"} <= set(names)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("sankey", "Funnel: where demand went"),
        ("sla", "Human: queue, teams, times, ratings, busy hours"),
        ("screenshot", "Save the screen as SVG and text"),
        ("clipb", "Copy what the cursor is on"),
        ("four weeks", "Last 28 days"),
        ("colors", "The next theme, dark or light"),
        ("reload", "Poll and read again now"),
        ("reset filt", "No filters"),
        ("year-on", "Compare with a year earlier"),
        ("outbound", "Proactive: campaigns, messages against seekers"),
    ],
)
async def test_actions_are_found_by_the_words_that_people_use(query: str, name: str) -> None:
    app = make_app()
    async with opened(app) as pilot:
        found = [action.name for action in actions(app, app.screen) if fits(query, action)]
        assert found == [name]
        await pilot.press("ctrl+p", *("space" if c == " " else "minus" if c == "-" else c for c in query))
        await until(pilot, lambda: app.screen.query_one(CommandList).option_count == 1)


async def test_the_palette_shows_a_period_and_a_comparison() -> None:
    app = make_app()
    async with opened(app) as pilot:
        commands = {command.title: command for command in app.get_system_commands(app.screen)}
        commands["Last 28 days"].callback()
        commands["Compare with a year earlier"].callback()
        await pilot.pause()
        assert (app.view.period, app.view.compare) == ("last-28d", "year")
        assert "Back to live" not in commands


def test_words_fit_by_their_beginnings() -> None:
    action = Action("Compare: period before", "key c", "baseline", lambda: None)
    assert fits("comp per", action)
    assert fits("BASE", action)
    assert not fits("ompare", action)


async def test_the_palette_opens_again_while_the_last_one_is_still_put_away() -> None:
    app = make_app()
    async with opened(app) as pilot:
        app.action_command_palette()
        await pilot.pause()
        app.screen.dismiss()
        app.action_command_palette()
        app.action_command_palette()
        await pilot.pause()
        assert len(app.screen_stack) == 2


async def test_words_that_were_typed_before_the_palette_was_gone_look_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = make_app()
    async with opened(app) as pilot:
        app.action_command_palette()
        await until(pilot, lambda: bool(app.screen.query(Input)))
        palette, field = app.screen, app.screen.query_one(Input)
        await pilot.pause()
        looked_for: list[str] = []
        monkeypatch.setattr(palette, "_gather_commands", looked_for.append)
        palette.post_message(Input.Changed(field, "export").set_sender(field))
        palette.dismiss()
        await pilot.pause()
        assert looked_for == []
