"""Filters: chosen from what there is, several of a key, keys combined, in words under the header."""

from funnel_tui.model.boards import Choice, Choices
from funnel_tui.tui.filtering import Picking, filter_words
from funnel_tui.tui.screens.filters import FilterScreen

from .conftest import opened, shown, until
from .fake_app import make_app

CHOICES = Choices(
    {
        "team": (Choice("t1", "Billing", 30), Choice("t2", "Shipping", 20), Choice("none", "no team", 2)),
        "channel": (Choice("chat", "chat", 40),),
    }
)


def test_values_go_in_and_out_and_keys_combine() -> None:
    state = Picking(choices=CHOICES).toggled().moved(1).toggled()
    assert state.chosen == {"team": ("t1", "t2")}
    state = state.turned(1).toggled()
    assert state.chosen == {"team": ("t1", "t2"), "channel": ("chat",)}
    state = state.turned(-1).toggled()
    assert state.chosen == {"team": ("t2",), "channel": ("chat",)}
    assert state.cleared().chosen == {}


def test_typing_narrows_and_the_cursor_stays_on_its_value() -> None:
    state = Picking(choices=CHOICES).moved(1)
    assert [choice.label for choice in state.typed("ship").listed] == ["Shipping"]
    assert state.typed("SHIP").typed("").place == 1
    assert state.typed("nothing").toggled().chosen == {}


def test_a_filter_set_by_name_is_the_same_as_by_id_and_absent_ones_stay_listed() -> None:
    state = Picking({"team": ("billing", "gone")}, CHOICES)
    assert [choice.label for choice in state.listed] == ["gone", "Billing", "Shipping", "no team"]
    assert state.moved(1).toggled().chosen == {"team": ("gone",)}


def test_filters_in_words() -> None:
    filters = {"channel": ("chat",), "team": ("t1", "none"), "odd": ("x",)}
    labels = {"team": {"t1": "Billing"}}
    assert filter_words(filters, labels) == "team Billing, no team · channel chat · odd x"
    assert filter_words({}) == ""


async def test_f_chooses_filters_that_stay_visible_and_x_clears_them() -> None:
    app = make_app()
    async with opened(app, (80, 24)) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, FilterScreen) and app.screen.state.choices is not None)
        await pilot.press("space", "right", "space", "enter")
        await until(pilot, lambda: app.shown == app.view and bool(app.view.filters))
        assert app.view.filters == {"team": ("billing",), "channel": ("chat",)}
        assert "only team billing · channel chat" in shown(app).splitlines()[1]
        await pilot.press("2")
        await until(pilot, lambda: app.shown == app.view)
        assert app.view.filters == {"team": ("billing",), "channel": ("chat",)}
        await pilot.press("x")
        await until(pilot, lambda: app.shown == app.view)
        assert app.view.filters == {}
        assert "only" not in shown(app).splitlines()[1]


async def test_esc_leaves_the_filters_as_they_were_and_letters_narrow() -> None:
    app = make_app()
    async with opened(app) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, FilterScreen) and app.screen.state.choices is not None)
        await pilot.press("s", "h", "i")
        assert isinstance(app.screen, FilterScreen)
        assert [choice.label for choice in app.screen.state.listed] == ["shipping"]
        await pilot.press("space", "escape")
        assert app.view.filters == {}


async def test_the_mouse_chooses_a_value_and_a_click_outside_applies() -> None:
    app = make_app()
    async with opened(app) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, FilterScreen) and app.screen.state.choices is not None)
        await pilot.click("#panel", offset=(8, 4))
        await pilot.click(offset=(1, 1))
        await until(pilot, lambda: app.shown == app.view and bool(app.view.filters))
        assert app.view.filters == {"team": ("shipping",)}


async def test_enter_on_a_value_takes_it_where_nothing_was_ticked() -> None:
    app = make_app()
    async with opened(app) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, FilterScreen) and app.screen.state.choices is not None)
        await pilot.press("down", "enter")
        await until(pilot, lambda: bool(app.view.filters))
        assert app.view.filters == {"team": ("shipping",)}
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, FilterScreen) and app.screen.state.choices is not None)
        await pilot.press("enter")
        await pilot.pause()
        assert app.view.filters == {"team": ("shipping",)}
