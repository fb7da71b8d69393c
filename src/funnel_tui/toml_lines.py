"""On which line of a TOML text each key stands, which `tomllib` does not tell."""

import re
import tomllib
from collections import Counter
from typing import Any

KeyPath = tuple[str | int, ...]
"""Keys from the outside in; an integer is the position in an array of tables, from 0."""


def key_lines(text: str) -> dict[KeyPath, int]:
    """Line numbers, from 1, of every table and key of a text that `tomllib` accepts.

    Statements are found by giving `tomllib` one line more until it takes them, so strings and arrays over several
    lines need no tokeniser of our own. Costs more than reading: for messages and `config show`, not for every start.
    """
    found: dict[KeyPath, int] = {}
    arrays: Counter[KeyPath] = Counter()
    table: KeyPath = ()
    statement, first = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if not statement:
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            first = number
        statement = f"{statement}{line}\n"
        try:
            parsed = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        if statement.lstrip().startswith("["):
            table = _table_path(parsed, statement.lstrip().startswith("[["), arrays)
            found.setdefault(table, first)
        else:
            _record(parsed, table, first, found)
        statement = ""
    return found


def _table_path(parsed: dict[str, Any], array: bool, arrays: Counter[KeyPath]) -> KeyPath:
    """The path that a header opens. A header below an array of tables belongs to the array's last table."""
    path: KeyPath = ()
    node: Any = parsed
    while isinstance(node, dict) and node:
        name, node = next(iter(node.items()))
        path = (*path, name)
        if isinstance(node, list):
            break
        if arrays[path]:
            path = (*path, arrays[path] - 1)
    if array:
        arrays[path] += 1
        path = (*path, arrays[path] - 1)
    return path


def _record(parsed: dict[str, Any], prefix: KeyPath, line: int, found: dict[KeyPath, int]) -> None:
    for name, value in parsed.items():
        path = (*prefix, name)
        found.setdefault(path, line)
        if isinstance(value, dict):
            _record(value, path, line, found)
        elif isinstance(value, list):
            for position, item in enumerate(value):
                if isinstance(item, dict):
                    found.setdefault((*path, position), line)
                    _record(item, (*path, position), line, found)


def line_of(path: KeyPath, lines: dict[KeyPath, int]) -> int | None:
    """The line of a key, else of the nearest table around it that the text has."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


def syntax_error(error: tomllib.TOMLDecodeError, text: str) -> tuple[str, int | None]:
    """What `tomllib` has to say, and on which line where it tells: the last one for what is missing at the end."""
    if str(error).endswith(" (at end of document)"):
        return f"not valid TOML: {str(error).removesuffix(' (at end of document)')}", len(text.rstrip().splitlines())
    match = re.search(r" \(at line (\d+), column (\d+)\)$", str(error))
    if match is None:
        return f"not valid TOML: {error}", None
    return f"not valid TOML: {str(error)[: match.start()]} (column {match[2]})", int(match[1])
