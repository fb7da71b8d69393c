"""The names of keys, as the dashboard knows them: data, so that a configuration is checked without a screen."""

import unicodedata

NAMED = (
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete"),
    *("enter", "escape", "tab", "space", "backspace"),
    *(f"f{number}" for number in range(1, 25)),
)
"""Keys that print nothing, or a blank."""

MODIFIERS = ("ctrl", "shift", "alt", "super", "hyper", "meta")
"""Before a key, with `+`: `ctrl+r`. Terminals tell `shift` with named keys only; with a letter it is the capital."""

_SHORT = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}


def key_name(key: str) -> str:
    """A character as Textual names it (`?` is `question_mark`); names stay as they are."""
    if len(key) != 1 or key.isalnum():
        return key
    name = unicodedata.name(key, key).lower().replace(" ", "_").replace("-", "_")
    return _SHORT.get(name, name)


def is_key(name: str) -> bool:
    """Whether a keyboard can have this key: a name, a character or a character's name, after any modifiers."""
    *before, last = name.split("+") if name != "+" else [name]
    if any(part not in MODIFIERS for part in before) or len(set(before)) < len(before):
        return False
    if len(last) == 1:
        return last.isprintable() and last != " " and not (before and last.isupper())
    return last in NAMED or last in PUNCTUATION


PUNCTUATION = tuple(key_name(character) for character in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
"""The names of the marks on a keyboard: `comma` is the one that has to be written by name."""
