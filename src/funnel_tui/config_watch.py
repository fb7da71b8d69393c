"""Notices that the configuration has changed, and reads it again: a good one is news, a bad one is a complaint."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

from funnel_tui import themes
from funnel_tui.errors import ConfigError
from funnel_tui.settings import Settings

EVERY = 1.0
"""Seconds between two looks. A change counts from the second look on that finds it: editors write in steps."""


POLLING = ("timezone", "sources", "poll_seconds", "reopen_window_days", "office_hours")
"""A change of these makes another poller: it derives what the cache holds."""


@dataclass(frozen=True)
class Taken:
    """A configuration that holds from now on."""

    settings: Settings
    changed: tuple[str, ...]
    """The tables and options that say something else, as the file calls them; `themes` where a theme's file did.
    Empty where a mistake has been undone."""


@dataclass(frozen=True)
class Refused:
    """A configuration that does not hold; the one before it does."""

    message: str
    """File, line, key and what is allowed."""


Mark = tuple[str, int, int, int]
"""A file as a look tells it from another one: its name, modification time (ns), size and inode."""


class ConfigWatch:
    """Looks at one configuration file and the user's themes. Reads files: not for an event loop."""

    def __init__(self, path: Path, read: Callable[[], Settings], settings: Settings) -> None:
        """`read` reads the file as it stands, or raises ConfigError; `settings` are those that hold now."""
        self._path = path
        self._read = read
        self._settings = settings
        self._seen = self._acted = self._marks()
        self._refused = False

    def look(self) -> Taken | Refused | None:
        """What a change led to, once for each; None where nothing has changed, or is still changing."""
        marks = self._marks()
        if marks != self._seen:
            self._seen = marks
            return None
        if marks == self._acted:
            return None
        before, self._acted = self._acted, marks
        try:
            settings = self._reread(before, marks)
        except ConfigError as error:
            self._refused = True
            return Refused(str(error))
        changed = tuple(self._changes(settings))
        if [mark for mark in marks if mark[0] != str(self._path)] != [m for m in before if m[0] != str(self._path)]:
            changed = (*changed, "themes")
        if not changed and not self._refused:
            return None
        self._settings, self._refused = settings, False
        return Taken(settings, changed)

    def _reread(self, before: tuple[Mark, ...], marks: tuple[Mark, ...]) -> Settings:
        was, is_ = (any(name == str(self._path) for name, *_ in found) for found in (before, marks))
        if was and not is_:
            raise ConfigError("is gone; what it said still holds", file=self._path)
        return self._read()

    def _changes(self, settings: Settings) -> list[str]:
        return [
            "timezone" if field.name == "zone" else field.name
            for field in fields(Settings)
            if field.name != "path" and getattr(settings, field.name) != getattr(self._settings, field.name)
        ]

    def _marks(self) -> tuple[Mark, ...]:
        found = []
        for path in (self._path, *themes.files()):
            try:
                stat = path.stat()
            except OSError:
                continue
            found.append((str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino))
        return tuple(found)
