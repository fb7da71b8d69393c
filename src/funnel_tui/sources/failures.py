"""What an answer's status means: an error to report, or one worth another attempt."""

from collections.abc import Mapping
from typing import TypeVar

from funnel_tui.sources.answers import Complaint, Mask, one_line
from funnel_tui.sources.errors import (
    AuthError,
    ForbiddenError,
    NotFound,
    RateLimited,
    Refused,
    ServerError,
    SourceError,
)

E = TypeVar("E", bound=SourceError)

LONGEST_RETRY_AFTER = 300.0
"""Seconds; a provider that asks for more is reported instead of waited for."""

ALLOW = "Give the token the permission; all else is read without it."

_AGAIN_STATUSES = frozenset({408, 409, 425})


class Again(Exception):
    """Internal: worth another attempt, `after` seconds if the provider said so; `attempts` in all where fewer do."""

    def __init__(self, error: SourceError, *, after: float | None = None, attempts: int | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.after = after
        self.attempts = attempts


class Failures:
    """Names failures of one source. Whatever the provider says is masked and kept to one line."""

    def __init__(self, name: str, mask: Mask) -> None:
        self._name = name
        self._mask = mask

    def of(
        self,
        complaint: Complaint,
        stream: str | None,
        headers: Mapping[str, str],
        *,
        retry_after: float | None,
        patient: bool,
    ) -> SourceError | Again:
        """The failure that a provider complains of. `patient` False: a 429 is reported at once."""
        status, said = complaint.status, self._mask(one_line(complaint.text)).rstrip(" .")
        long = retry_after is not None and retry_after > LONGEST_RETRY_AFTER

        def error(kind: type[E], message: str) -> E:
            told = f"{message}: {said}" if said else message
            return self.error(kind, stream, status, headers, told, request_id=complaint.request_id)

        if status == 401 and stream is None:
            return error(AuthError, "the token was refused")
        if status == 401:  # some say so where the token is good and may do less than was asked for
            unauthorized = error(AuthError, "the token may not read this")
            unauthorized.mend = ALLOW
            return unauthorized
        if status in (402, 403):
            plan = complaint.plan or status == 402
            forbidden = error(
                ForbiddenError, "the plan does not include this" if plan else "the token may not read this"
            )
            forbidden.plan = plan
            if plan:
                forbidden.mend = "Do without it, or take a plan that has it."
            elif stream is not None:
                forbidden.mend = ALLOW
            return forbidden
        if status == 404:
            missing = error(NotFound, "not found")
            if stream is None:
                missing.mend = "Check base_url: no such service answers there."
            return missing
        if status == 429:
            limited = error(RateLimited, "the rate limit is exceeded")
            limited.retry_after = retry_after
            return limited if not patient or long else Again(limited, after=retry_after)
        if status in _AGAIN_STATUSES or status >= 500:
            failed = error(ServerError, "the server failed")
            return failed if long else Again(failed, after=retry_after)
        if status < 400:
            place = self._mask(one_line(headers.get("Location", "nowhere")))
            moved = error(Refused, f"redirected to {place}, which is not followed")
            moved.mend = "Check base_url: the token goes to no other address."
            return moved
        return error(Refused, "the request was refused")

    def error(
        self,
        kind: type[E],
        stream: str | None,
        status: int,
        headers: Mapping[str, str],
        message: str,
        *,
        request_id: str | None = None,
    ) -> E:
        """An error of `kind` for an answer with these headers."""
        known = one_line(request_id or headers.get("X-Request-Id") or "")
        return kind(self._name, message, stream=stream, status=status, request_id=self._mask(known) or None)
