"""Reads what stands around the data in an answer: headers, error bodies, bodies that are none."""

import re
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

LONGEST_MESSAGE = 200

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Mask:
    """Replaces secrets wherever they show up in a text. Its repr does not show them."""

    def __init__(self, *secrets: str) -> None:
        self._secrets = tuple(sorted(filter(None, secrets), key=len, reverse=True))

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def __repr__(self) -> str:
        return "Mask(***)"


class Complaint(msgspec.Struct, frozen=True):
    """What a provider says went wrong."""

    status: int
    """As HTTP would say it, whatever the answer's own status is."""
    code: str | None = None
    text: str = ""
    """One line, control characters gone."""
    request_id: str | None = None
    retry_after: float | None = None
    """Seconds, where the body names them."""
    plan: bool = False
    """The subscription lacks it."""


def complaint(status: int, body: bytes) -> Complaint:
    """What an error body says, in whichever of the usual shapes it came. Never raises."""
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return Complaint(status)
    if not isinstance(found, dict):
        return Complaint(status)
    first: Any = found
    listed = found.get("errors")
    if isinstance(listed, list) and listed and isinstance(listed[0], dict):
        first = listed[0]
    elif isinstance(found.get("error"), dict):
        first = found["error"]
    code = first.get("code") or first.get("errcode") or first.get("title")
    error = first.get("error")
    message = first.get("message") or first.get("description") or (error if isinstance(error, str) else None)
    if code is None and isinstance(error, str) and error != message:
        code = error
    words = [str(word) for word in (code, message) if word]
    request_id = found.get("request_id")
    return Complaint(
        status,
        code=str(code) if code else None,
        text=one_line(", ".join(words)),
        request_id=one_line(str(request_id)) if request_id else None,
        plan=code == "api_plan_restricted",
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
