"""What the configuration says about the screen: `[ui]` and `[keys]`."""

from collections.abc import Callable, Iterator, Mapping

from funnel_tui.config_table import Refused, Table, guess
from funnel_tui.settings import Ui

GLYPHS = ("auto", "braille", "block", "ascii")

KeyTables = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Screen -> id of a key -> the keys that it has by default."""


def read_ui(table: Table | None) -> Ui:
    """Raises Refused, also for a theme of the user's own that cannot be used: then it names that file."""
    if table is None:
        return Ui()
    theme = table.text("theme") or "auto"
    glyphs = table.text("glyphs", among=GLYPHS) or "auto"
    table.end()
    if theme != "auto":
        from funnel_tui import themes  # most configurations name none

        known = themes.names()
        if theme not in known:
            allowed = ", ".join(("auto", *known))
            raise table.refuse(
                "theme",
                f"{theme!r} is no theme{guess(theme, known)}; allowed: {allowed}, or NAME.toml in {themes.folder()}",
            )
        themes.choose(theme, dark=True)
    return Ui(theme, glyphs)


def read_keys(table: Table | None, tables: Callable[[], KeyTables] | None) -> dict[str, str]:
    """Key id to its keys, as they were written. Raises Refused for what no keyboard has, and, where `tables` tells
    what the screens have, for unknown ids and for two ids of one screen on one key."""
    if table is None:
        return {}
    from funnel_tui.key_names import is_key  # most configurations bind none

    places: dict[str, tuple[Table, str]] = {}
    found = dict(_written(table, "", places))
    for id_, keys in found.items():
        for part in split(keys):
            if not is_key(part):
                raise _refusal(
                    places[id_],
                    f"{part!r} is no key; allowed: a character, ctrl+ or alt+ and a character, or a name as enter, "
                    "escape, tab, space, comma, up, pageup, home, f5; several with commas between them",
                )
    if found and tables is not None:
        _check(found, places, tables())
    return found


def _written(table: Table, prefix: str, places: dict[str, tuple[Table, str]]) -> Iterator[tuple[str, str]]:
    """Ids and keys; `move.up = "w"` is a table in a table to TOML. `places` learns where each stands."""
    for name, value in table.data.items():
        if isinstance(value, dict):
            yield from _written(Table(value, (*table.path, name)), f"{prefix}{name}.", places)
        else:
            places[prefix + name] = (table, name)
            yield prefix + name, table.need(name)


def _refusal(place: tuple[Table, str], message: str) -> Refused:
    table, name = place
    return table.refuse(name, message)


def split(written: str) -> list[str]:
    """`"r, f5"` as a list of single keys."""
    return [part.strip() for part in written.split(",")]


def _check(found: Mapping[str, str], places: Mapping[str, tuple[Table, str]], tables: KeyTables) -> None:
    from funnel_tui.key_names import key_name

    known = {id_ for keys in tables.values() for id_ in keys}
    for id_ in found:
        if id_ not in known:
            allowed = ", ".join(sorted(known))
            raise _refusal(places[id_], f"there is no such id{guess(id_, known)}; allowed: {allowed}")
    for screen, keys in tables.items():
        holders: dict[str, str] = {}
        # The user's own come last, so that a clash is said of the line that brought it.
        for id_ in sorted(keys, key=lambda id_: id_ in found):
            for written in split(found[id_]) if id_ in found else keys[id_]:
                other = holders.setdefault(key_name(written), id_)
                if other != id_ and id_ in found:
                    raise _refusal(
                        places[id_],
                        f"{written!r} is the key of {other!r} as well ({screen}); give {other!r} another one",
                    )
