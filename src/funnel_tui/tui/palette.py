"""Every action by name, and by the other words that people have for it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.screen import Screen

from .bindings import APP_KEYS, shown
from .screens.base import FunnelScreen

if TYPE_CHECKING:
    from .app import FunnelApp

_MOVES = ("move.", "list.up", "list.down", "list.page", "list.first", "list.last", "palette")
"""What nobody looks for by name."""
_OTHER_WORDS = {
    "period.today": "day now",
    "period.week": "weekly",
    "period.month": "monthly",
    "period.quarter": "quarterly",
    "period.year": "yearly annual",
    "period.custom": "dates from to calendar",
    "period.earlier": "previous before past",
    "period.later": "next after",
    "compare": "comparison against baseline versus",
    "filters": "filter narrow",
    "filters.clear": "clear reset remove filter",
    "travel": "history past replay as of live back scrub",
    "attention": "alerts signals problems spike invest",
    "screen.overview": "home start dashboard",
    "screen.proactive": "outbound opens newsletters delivered",
    "screen.selfserve": "chatbot help centre knowledge deflection resolution",
    "screen.human": "waiting agents inbox sla response csat team",
    "screen.comparison": "compare change trend",
    "screen.funnel": "sankey flow",
    "screen.sources": "data connections quality stale limits",
    "drill": "drill down details conversations open why",
    "zoom": "zoom maximise full bigger",
    "definition": "definition explain quality meaning formula",
    "list.sort": "order",
    "list.filter": "find search",
    "find": "search grep",
    "browse": "browser link url web",
    "group": "breakdown split team channel agent",
    "heat": "heatmap busy hours",
    "back": "up close",
    "pause": "stop freeze hold resume",
    "refresh": "reload update sync",
    "copy": "clipboard yank",
    "export": "screenshot picture file share",
    "theme": "colours colors dark light contrast",
    "help": "keys shortcuts manual",
    "quit": "exit close",
}
"""By the id of the key."""
_PERIODS = (
    ("Yesterday", "yesterday", "day before"),
    ("Last 7 days", "last-7d", "week rolling"),
    ("Last 28 days", "last-28d", "month four weeks rolling"),
    ("Last 90 days", "last-90d", "three months rolling"),
    ("Last 365 days", "last-365d", "year twelve months rolling"),
)
_COMPARED = (
    ("Compare with the period before", "previous", "baseline"),
    ("Compare with a year earlier", "year", "last year-on-year"),
    ("Compare with nothing", "none", "no comparison off"),
)


@dataclass(frozen=True)
class Action:
    """Something to choose. `words` are further ones that it is found by."""

    name: str
    key: str
    words: str
    run: Callable[[], object]

    @property
    def command(self) -> SystemCommand:
        return SystemCommand(self.name, " · ".join(part for part in (self.key, self.words) if part), self._run)

    def _run(self) -> None:
        self.run()


def actions(app: "FunnelApp", screen: Screen[object]) -> list[Action]:
    """All that can be done on a screen, each name once."""
    found: dict[str, Action] = {}
    for action in (*_of_keys(app, screen), *_of_periods(app), *_of_themes(app)):
        found.setdefault(action.name, action)
    return list(found.values())


def _of_keys(app: "FunnelApp", screen: Screen[object]) -> Iterator[Action]:
    own = screen.KEYS if isinstance(screen, FunnelScreen) else ()
    for key in (*own, *APP_KEYS):
        if not key.id.startswith(_MOVES):
            name = f"{'app' if key in APP_KEYS else 'screen'}.{key.action}"
            spelt = f"key {shown(key, app.settings.keys)}"
            yield Action(key.help, spelt, _OTHER_WORDS.get(key.id, ""), _later(app, name))


def _later(app: "FunnelApp", action: str) -> Callable[[], object]:
    """Once the palette is gone: the action belongs to the screen below."""
    return lambda: app.call_later(app.run_action, action)


def _of_periods(app: "FunnelApp") -> Iterator[Action]:
    for name, period, words in _PERIODS:
        yield Action(name, "period", words, partial(_show, app, period))
    for name, compare, words in _COMPARED:
        yield Action(name, "", words, partial(_compare, app, compare))
    if app.view.at is not None:
        yield Action("Back to live", "time travel", "now today", lambda: app.look(replace(app.view, at=None)))


def _show(app: "FunnelApp", period: str) -> None:
    app.look(app.view.show(period))


def _compare(app: "FunnelApp", compare: str) -> None:
    app.look(replace(app.view, compare=compare))


def _of_themes(app: "FunnelApp") -> Iterator[Action]:
    for name in app.wardrobe.names if not app.ink.mono else ():
        yield Action(f"Theme {name}", "", "its colours at once", partial(app.action_theme, name))


def fits(query: str, action: Action) -> bool:
    """Whether each word of the query begins a word of the action."""
    words = f"{action.name} {action.words}".casefold().replace(":", " ").replace(",", " ").split()
    return all(any(word.startswith(part) for word in words) for part in query.casefold().split())


class Palette(Provider):
    """Whole beginnings of words first, of names before those of other words; then what is only like a name."""

    def _actions(self) -> Iterable[Action]:
        return actions(self.app, self.screen)  # type: ignore[arg-type]

    async def discover(self) -> Hits:
        for action in self._actions():
            yield DiscoveryHit(action.name, action.command.callback, help=action.command.help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        found = [action for action in self._actions() if fits(query, action)]
        for action in found or self._actions():
            score = matcher.match(action.name)
            if found:
                score = 1.0 + score
            if score > 0:
                yield Hit(score, matcher.highlight(action.name), action.command.callback, help=action.command.help)
