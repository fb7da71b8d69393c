"""One TOML table while it is checked: typed reading of its keys, and the refusals that its author can act on."""

import re
from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any

from funnel_tui.toml_lines import KeyPath

SECRET_KEYS = ("token", "webhook")
"""Keys whose value no message may repeat, wrong as it may be."""


class Refused(Exception):
    """A value that cannot be used. Its place in the file is found by whoever knows the text."""

    def __init__(self, path: KeyPath, message: str) -> None:
        self.path = path
        self.message = message


class Table:
    """One TOML table while it is read: every key is taken once, what is left over is unknown."""

    def __init__(self, data: Any, path: KeyPath) -> None:
        if not isinstance(data, dict):
            raise Refused(path, f"must be a table, not {said(data)}")
        self.data: dict[str, Any] = data
        self.path = path
        self.known: list[str] = []

    def has(self, name: str) -> bool:
        return name in self.data

    def refuse(self, name: str, message: str) -> Refused:
        return Refused((*self.path, name), message)

    def raw(self, name: str) -> Any:
        self.known.append(name)
        return self.data.get(name)

    def text(self, name: str, *, among: Collection[str] | None = None) -> str | None:
        value = self.raw(name)
        if value is None:
            return None
        if not isinstance(value, str):
            shown = type(value).__name__ if name in SECRET_KEYS else said(value)
            raise self.refuse(name, f"must be text in quotes, not {shown}")
        if not value.strip():
            raise self.refuse(name, "must not be empty")
        if among is not None and value not in among:
            raise self.refuse(name, f"{value!r} is not allowed{guess(value, among)}; allowed: {', '.join(among)}")
        return value

    def need(self, name: str, *, among: Collection[str] | None = None) -> str:
        value = self.text(name, among=among)
        if value is None:
            raise Refused(self.path, f"needs {name!r}" + (f", one of: {', '.join(among)}" if among else ""))
        return value

    def whole(self, name: str, default: int, lowest: int, highest: int) -> int:
        value = self.raw(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse(name, f"must be a whole number from {lowest} to {highest:,}, not {said(value)}")
        if not lowest <= value <= highest:
            raise self.refuse(name, f"must be from {lowest} to {highest:,}, not {value}")
        return value

    def number(self, name: str, lowest: float = float("-inf"), highest: float = float("inf")) -> float | None:
        value = self.raw(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise self.refuse(name, f"must be a number, not {said(value)}")
        if not lowest <= value <= highest:
            raise self.refuse(name, f"must be from {lowest:g} to {highest:g}, not {value}")
        return float(value)

    def flag(self, name: str) -> bool:
        value = self.raw(name)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise self.refuse(name, f"must be true or false, not {said(value)}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.raw(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.refuse(name, 'must be a list of texts, as ["one", "two"]')
        return tuple(value)

    def day(self, name: str) -> date | None:
        value = self.raw(name)
        return None if value is None else self.as_day(name, value)

    def as_day(self, name: str, value: Any) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise self.refuse(name, f'must be a date, as "2026-01-31", not {said(value)}')

    def minute(self, name: str) -> int:
        """A time of day as minutes since midnight; the end of the day may be written 24:00."""
        value = self.raw(name)
        if isinstance(value, time):
            return value.hour * 60 + value.minute
        match = re.fullmatch(r"(\d\d?):(\d\d)", value) if isinstance(value, str) else None
        if match is None:
            raise self.refuse(name, f'must be a time of day, as "09:00", not {said(value)}')
        minutes = int(match[1]) * 60 + int(match[2])
        if int(match[2]) > 59 or minutes > 24 * 60:
            raise self.refuse(name, f"{value!r} is no time of day")
        return minutes

    def table(self, name: str) -> "Table | None":
        value = self.raw(name)
        return None if value is None else Table(value, (*self.path, name))

    def tables(self, name: str) -> list["Table"]:
        value = self.raw(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.refuse(name, f"must be written as [[{name}]], once for each")
        return [Table(item, (*self.path, name, position)) for position, item in enumerate(value)]

    def rest(self) -> dict[str, Any]:
        """All keys that have not been taken yet, for whoever knows them."""
        left = {name: value for name, value in self.data.items() if name not in self.known}
        self.known += left
        return left

    def end(self) -> None:
        for name in self.data:
            if name not in self.known:
                allowed = ", ".join(sorted(self.known))
                raise self.refuse(name, f"unknown key{guess(name, self.known)}; allowed here: {allowed}")


def said(value: Any) -> str:
    """A value as a message may show it; long ones, which may be secrets in the wrong place, by their type."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    return repr(value) if isinstance(value, str) and len(value) <= 30 else str(value)[:30]


def guess(name: str, known: Collection[str]) -> str:
    import difflib  # only for a refusal

    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f" (did you mean {close[0]!r}?)" if close else ""
