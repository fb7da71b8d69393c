"""Moments as others write them: ISO 8601 and RFC 3339, with what `datetime` leaves out."""

import re
from datetime import UTC, datetime

_DAY = 86_400
_DAYS_END = re.compile(r"([-\dW]+[T ])24((?::?00){0,2}(?:[.,]0+)?(?:Z|[-+][\d:]+)?)")
_LEAP = re.compile(r"([-\dW]+[T ]\d\d:?\d\d:?)60(?:[.,]\d+)?(Z|[-+][\d:]+)?")


def timestamp(text: str) -> float:
    """UTC epoch seconds; without an offset it is UTC. Raises ValueError where the text is no moment."""
    try:
        return _seconds(text)
    except ValueError:
        return _unusual(text.strip().upper())  # RFC 3339 allows `t` and `z`


def _unusual(text: str) -> float:
    """The end of a day as 24:00, which is the next midnight, and a leap second, which is the one before it."""
    if end := _DAYS_END.fullmatch(text):
        return _seconds(f"{end[1]}00{end[2]}") + _DAY
    if leap := _LEAP.fullmatch(text):
        before = _seconds(f"{leap[1]}59{leap[2] or ''}")
        if before % _DAY != _DAY - 1:  # they are at midnight UTC, wherever they are written down
            raise ValueError(text)
        return before
    return _seconds(text)


def _seconds(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
