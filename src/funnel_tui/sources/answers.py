"""Reads what stands around the data in an answer: headers, error bodies, bodies that are none."""

import re
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

LONGEST_MESSAGE = 200

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Mask:
    """Replaces a secret wherever it shows up in a text. Its repr does not show it."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def __call__(self, text: str) -> str:
        return text.replace(self._secret, "***") if self._secret else text

    def __repr__(self) -> str:
        return "Mask(***)"


class Problem(msgspec.Struct, frozen=True):
    """A provider's error body, in whichever of the usual shapes it came."""

    code: str | None = None
    text: str = ""
    """One line, control characters gone."""
    request_id: str | None = None


def problem(body: bytes) -> Problem:
    """Never raises; an unknown body is an empty problem."""
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return Problem()
    if not isinstance(found, dict):
        return Problem()
    first: Any = found
    listed = found.get("errors")
    if isinstance(listed, list) and listed and isinstance(listed[0], dict):
        first = listed[0]
    code = first.get("code") or first.get("errcode")
    error = first.get("error")
    message = first.get("message") or (error if isinstance(error, str) else None)
    words = [str(word) for word in (code, message) if word]
    request_id = found.get("request_id")
    return Problem(
        code=str(code) if code else None,
        text=one_line(", ".join(words)),
        request_id=one_line(str(request_id)) if request_id else None,
    )


def body_problem(body: bytes) -> str | None:
    """Why this cannot be JSON at all, or None: the cheap look before decoding."""
    start = body[:64].lstrip()
    if not start:
        return "the answer is empty"
    if start[:1] not in b"{[":
        return "the answer is not JSON but " + ("a web page" if start[:1] == b"<" else "something else")
    return None


def one_line(text: str) -> str:
    """Safe to print: no control characters, no line breaks, not long."""
    line = _CONTROL.sub(" ", text).strip()
    return line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1] + "…"


def number(text: str | None) -> float | None:
    try:
        value = float(text) if text is not None else None
    except ValueError:
        return None
    return value if value is not None and 0 <= value < 1e12 else None


def whole(text: str | None) -> int | None:
    value = number(text)
    return None if value is None else int(value)


def http_date(text: str) -> float | None:
    """Epoch seconds of an HTTP date."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError):
        return None
