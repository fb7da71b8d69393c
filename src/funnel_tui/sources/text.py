"""Providers' loose scalars made strict: ids as number or text, times as integer, float or text, HTML or plain text."""

import html
import re
from datetime import UTC, datetime
from math import isfinite

Id = int | float | str | None
Time = int | float | str | None
Number = int | float | str | None

LONGEST_TEXT = 20_000

_MILLISECONDS = 100_000_000_000
"""Epoch seconds reach this in the year 5138: a larger number is in milliseconds."""

# Only the tags that editors and e-mail produce, so that a customer's "a < b" or "<name>" stays as typed.
_BREAK = re.compile(r"<(?:br|/?(?:p|div|li|ul|ol|tr|table|blockquote|h[1-6]|pre|hr))\b[^<>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style|head|title)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(
    r"</?(?:a|b|i|u|em|strong|span|font|code|img|figure|center|small|sub|sup|s|del|td|th|tbody|thead|html|head|body|meta"
    r"|script|style|iframe|object|attribute|video|audio|source|button|input|form|label|title|link)\b[^<>]*>|<!--.*?-->",
    re.IGNORECASE | re.DOTALL,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
# Terminal escapes, other controls and marks that turn text around: whatever a customer sends is only ever shown.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SPACES = re.compile(r"[ \t\u00a0]+")
_LINES = re.compile(r" ?\n[ \n]*")


def ident(value: Id) -> str | None:
    """An id as text. Nothing, 0 and the empty string are no id: up to 2.15 unassigned is null, from 2.16 on 0."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, float):
        value = int(value) if value.is_integer() else str(value)
    text = str(value).strip()
    return None if text in ("", "0") else text


def moment(value: Time) -> int | None:
    """UTC epoch seconds, rounded down; None for nothing, zero, and what is not a time."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        try:
            value = float(text)
        except ValueError:
            return _from_iso(text)
    if not isfinite(value) or value <= 0:
        return None
    return int(value / 1000 if value >= _MILLISECONDS else value)


def _from_iso(text: str) -> int | None:
    try:
        found = datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        return None
    return int((found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp())


def amount(value: Number) -> float | None:
    """A finite number; None for nothing and for what is none."""
    if value is None or isinstance(value, bool):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if isfinite(found) else None


def tally(value: Number) -> int:
    """A count: never negative, 0 for nothing."""
    found = amount(value)
    return max(0, int(found)) if found is not None else 0


def plain(text: str | None) -> str | None:
    """Plain text, safe for a terminal; None where there is none. HTML loses its tags, plain text stays what it is."""
    if not text:
        return None
    if "<" in text:
        text = _HIDDEN.sub(" ", text)
        text = _TAG.sub("", _BREAK.sub("\n", text))
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
    text = _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _LINES.sub("\n", _SPACES.sub(" ", text)).strip()
    return text[:LONGEST_TEXT] or None


def label(text: str | None) -> str | None:
    """`plain` on one line, for subjects, names and titles."""
    found = plain(text)
    return " ".join(found.split()) if found else None
