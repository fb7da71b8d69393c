"""Every key of the dashboard as data: a stable id, keys, action, a word for the footer and a sentence for the help.

The ids are what `[keys]` in the configuration rebinds; they never change. The palette and the help screen are built
from the same table, so that no key is bound that they do not know. Textual is imported when bindings are made of them:
checking a configuration does without.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funnel_tui.key_names import key_name

if TYPE_CHECKING:
    from textual.binding import BindingType


@dataclass(frozen=True)
class Key:
    id: str
    keys: str
    """Textual's names, comma-separated; single characters stand for themselves."""
    action: str
    word: str
    """For the footer; empty: not shown there."""
    help: str
    group: str
    shown: str = ""
    """How help and footer spell the keys, where not as in `keys`."""


PERIOD_KEYS = (
    Key("period.today", "1", "period('today')", "", "Today", "Period"),
    Key("period.week", "2", "period('week')", "", "This week, from Monday", "Period"),
    Key("period.month", "3", "period('month')", "", "This month", "Period"),
    Key("period.quarter", "4", "period('quarter')", "", "This quarter", "Period"),
    Key("period.year", "5", "period('year')", "", "This year", "Period"),
    Key("period.custom", "0", "custom_period", "", "A range of dates", "Period"),
    Key("period.earlier", "left_square_bracket", "step(1)", "", "One period earlier", "Period", "["),
    Key("period.later", "right_square_bracket", "step(-1)", "", "One period later", "Period", "]"),
    Key("compare", "c", "compare", "compare", "Compare: period before, last year, nothing", "Period"),
)
VIEW_KEYS = (
    Key("filters", "f", "filters", "filter", "Only a team, channel, agent, tag, source", "Period"),
    Key("filters.clear", "x", "clear_filters", "", "No filters", "Period"),
    Key("travel", "t", "travel", "time", "Time travel: any past moment, and back to live", "Period"),
    Key("attention", "a", "attention", "", "What needs attention", "Screens"),
)
SCREEN_KEYS = (
    Key("screen.overview", "O", "show('overview')", "", "Overview", "Screens"),
    Key("screen.proactive", "P", "show('proactive')", "", "Proactive: campaigns, messages against seekers", "Screens"),
    Key("screen.selfserve", "S", "show('selfserve')", "", "Self-serve: bot, articles, against the team", "Screens"),
    Key("screen.human", "H", "show('human')", "", "Human: queue, teams, times, ratings, busy hours", "Screens"),
    Key("screen.comparison", "C", "show('comparison')", "", "Comparison: every number in two periods", "Screens"),
    Key("screen.funnel", "F", "show('funnel')", "", "Funnel: where demand went", "Screens"),
    Key("screen.sources", "D", "show('sources')", "", "Sources: freshness, limits, what numbers mean", "Screens"),
)
MOVE_KEYS = (
    Key("move.up", "up,k", "move(0, -1)", "", "Row up", "Move", "↑ k"),
    Key("move.down", "down,j", "move(0, 1)", "", "Row down", "Move", "↓ j"),
    Key("move.left", "left,h", "move(-1, 0)", "", "Column or pane to the left", "Move", "← h"),
    Key("move.right", "right,l", "move(1, 0)", "", "Column or pane to the right", "Move", "→ l"),
    Key("move.next", "tab", "next_pane(1)", "", "Next pane", "Move", "Tab"),
    Key("move.previous", "shift+tab", "next_pane(-1)", "", "Previous pane", "Move", "⇧Tab"),
    Key("drill", "enter", "drill", "open", "The conversations behind the number", "Look closer", "Enter"),
    Key("zoom", "z", "zoom", "zoom", "The pane over the whole screen", "Look closer"),
)
DEFINITION_KEY = Key(
    "definition", "d", "definition", "definition", "What the number means and how good it is", "Look closer"
)
LIST_KEYS = (
    Key("list.up", "up,k", "cursor(-1)", "", "Line up", "Lists", "↑ k"),
    Key("list.down", "down,j", "cursor(1)", "", "Line down", "Lists", "↓ j"),
    Key("list.page_up", "pageup,ctrl+b", "page(-1)", "", "Page up", "Lists", "PgUp"),
    Key("list.page_down", "pagedown,ctrl+f,space", "page(1)", "", "Page down", "Lists", "PgDn"),
    Key("list.first", "home,g", "jump(0)", "", "First line", "Lists", "Home g"),
    Key("list.last", "end,G", "jump(-1)", "", "Last line", "Lists", "End G"),
)
PANE_KEYS = (
    Key("list.sort", "s", "sort", "sort", "Sort by this column; again: the other way", "Lists"),
    Key("list.filter", "slash", "filter", "find", "Only rows with these words", "Lists", "/"),
)
STORY_KEYS = (
    Key("find", "slash", "find", "find", "Find words in the conversation", "Conversation", "/"),
    Key("find.next", "n", "match(1)", "next match", "The next place with these words", "Conversation"),
    Key("find.previous", "N", "match(-1)", "", "The place before with these words", "Conversation"),
    Key("conversation.next", "J", "neighbour(1)", "next", "The next conversation of the list", "Conversation"),
    Key("conversation.previous", "K", "neighbour(-1)", "previous", "The conversation before it", "Conversation"),
)
JUMP_KEYS = LIST_KEYS[2:]
"""Those that work in panes as well, whose rows up and down are moves."""
BROWSE_KEY = Key("browse", "o", "browse", "in helpdesk", "Open the conversation in the helpdesk", "Lists")
TURN_KEYS = (
    Key("group", "b", "group", "by", "By team, channel or agent; all channels or one", "Look closer"),
    Key("heat", "w", "heat", "arrivals/waits", "Hours of the week: arrivals or waits", "Look closer"),
)
BACK_KEY = Key("back", "escape", "back", "back", "Back along the breadcrumb", "Everywhere", "Esc")
APP_KEYS = (
    Key("pause", "p", "pause", "", "Pause and go on polling", "Everywhere"),
    Key("refresh", "r", "refresh", "", "Poll and read again now", "Everywhere"),
    Key("copy", "y", "copy", "", "Copy what the cursor is on", "Everywhere"),
    Key("export", "e", "export", "", "Save the screen as SVG and text", "Everywhere"),
    Key("theme", "T", "theme", "", "The next theme, dark or light", "Everywhere"),
    Key("help", "question_mark", "help", "help", "This help", "Everywhere", "?"),
    Key("palette", "ctrl+p", "command_palette", "", "Every action by name", "Everywhere", "Ctrl+P"),
    Key("suspend", "ctrl+z", "suspend_process", "", "Aside, to the shell; fg brings it back", "Everywhere", "Ctrl+Z"),
    Key("quit", "q,ctrl+c", "quit", "quit", "Leave", "Everywhere", "q"),
)

ALL_KEYS = (
    *PERIOD_KEYS,
    *VIEW_KEYS,
    *SCREEN_KEYS,
    *MOVE_KEYS,
    DEFINITION_KEY,
    *LIST_KEYS,
    *PANE_KEYS,
    *STORY_KEYS,
    BROWSE_KEY,
    *TURN_KEYS,
    BACK_KEY,
    *APP_KEYS,
)


SCREENS: Mapping[str, tuple[Key, ...]] = {
    "panes": (
        *PERIOD_KEYS,
        *VIEW_KEYS,
        *SCREEN_KEYS,
        *MOVE_KEYS,
        *JUMP_KEYS,
        *PANE_KEYS,
        DEFINITION_KEY,
        BROWSE_KEY,
        *TURN_KEYS,
        BACK_KEY,
        *APP_KEYS,
    ),
    "list": (
        *PERIOD_KEYS,
        *VIEW_KEYS,
        *SCREEN_KEYS,
        *LIST_KEYS,
        *STORY_KEYS,
        BROWSE_KEY,
        DEFINITION_KEY,
        BACK_KEY,
        *APP_KEYS,
    ),
}
"""Which keys work at the same time, and so must differ. The screens' own tables are parts of these (tested)."""


def taken() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Screen -> id -> the keys that it has without any configuration, as Textual names them."""
    return {
        screen: {key.id: tuple(key_name(part) for part in key.keys.split(",")) for key in keys}
        for screen, keys in SCREENS.items()
    }


def to_bindings(keys: Iterable[Key]) -> "list[BindingType]":
    """Textual's bindings. None is shown in Textual's own footer: ours is drawn from the same table."""
    from textual.binding import Binding

    return [
        Binding(key.keys, key.action, key.help, show=False, id=key.id, key_display=key.shown or None) for key in keys
    ]


def keymap(settings_keys: Mapping[str, str]) -> dict[str, str]:
    """The `[keys]` table with characters spelt as Textual names them; ids that do not exist are left out."""
    known = {key.id for key in ALL_KEYS}
    return {
        id_: ",".join(key_name(part.strip()) for part in keys.split(",") if part.strip())
        for id_, keys in settings_keys.items()
        if id_ in known
    }


def shown(key: Key, settings_keys: Mapping[str, str]) -> str:
    """How help and footer spell the key that holds now."""
    if key.id in settings_keys:
        return " ".join(part.strip() for part in settings_keys[key.id].split(","))
    return key.shown or key.keys.split(",")[0]
