"""What Slack says beside the data: errors inside answers of HTTP 200, the token's scopes, and how much it gives."""

from collections import Counter
from collections.abc import Callable, Mapping

from msgspec import DecodeError

from funnel_tui.sources import answers
from funnel_tui.sources.answers import Complaint
from funnel_tui.sources.manners import Budget
from funnel_tui.sources.slack import wire

SLOW_PAGE = 15
"""Messages: the most that a commercially distributed app outside the Marketplace gets at once, once a minute."""
SLOW_PAUSE = 61.0
LONG_PAUSE = 30.0
"""Seconds of a `Retry-After` that the usual quotas, of 20 and more calls a minute, do not ask for."""

HISTORY = "conversations.history"
REPLIES = "conversations.replies"

_BUDGETS = {
    HISTORY: Budget(HISTORY, 50, 60.0),
    REPLIES: Budget(REPLIES, 50, 60.0),
    "conversations.list": Budget("conversations.list", 20, 60.0),
    "users.list": Budget("users.list", 20, 60.0),
}
_SLOW_BUDGETS = {method: Budget(f"{method} of 15 messages", 1, SLOW_PAUSE) for method in (HISTORY, REPLIES)}

_STATUSES: dict[str, int] = {
    **dict.fromkeys(
        (
            *("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"),
            *("user_removed_from_team", "org_login_required", "two_factor_setup_required"),
            *("not_allowed_token_type",),
        ),
        401,
    ),
    **dict.fromkeys(
        (
            *("missing_scope", "not_in_channel", "restricted_action", "no_permission", "access_denied"),
            *("team_access_not_granted", "ekm_access_denied", "enterprise_is_restricted"),
            *("invite_only", "method_not_supported_for_channel_type"),
        ),
        403,
    ),
    **dict.fromkeys(
        ("channel_not_found", "thread_not_found", "message_not_found", "user_not_found", "team_not_found"), 404
    ),
    "request_timeout": 408,
    **dict.fromkeys(("ratelimited", "rate_limited", "accesslimited"), 429),
    **dict.fromkeys(("internal_error", "fatal_error", "service_unavailable", "team_added_to_org"), 503),
}


class Hearing:
    """One workspace's asides, as answers come by."""

    def __init__(self) -> None:
        self.now: Callable[[], float] = lambda: 0.0
        """The provider's clock; set when there is one."""
        self.scopes: frozenset[str] | None = None
        """Of the token, where Slack has told them."""
        self.slow = False
        """15 messages a minute."""
        self.heard = False
        """Whether a page has shown how much Slack gives."""
        self._full = False
        self._quick = False
        """Two calls of a method were answered within a minute."""
        self._answered: dict[str, float] = {}
        self._under_way: Counter[str] = Counter()
        self._sent: dict[str, float] = {}

    def complaint(self, status: int, headers: Mapping[str, str], body: bytes) -> Complaint | None:
        """Slack's own idea of an error; None where there is none or the status says it all."""
        told = headers.get("X-OAuth-Scopes")
        if told is not None:
            self.scopes = _scopes(told)
        success = 200 <= status < 300
        try:
            verdict = wire.decode_verdict(body)
        except DecodeError:
            verdict = wire.Verdict(ok=success)  # the usual look at what is no JSON follows
        if verdict.provided is not None and told is None:
            self.scopes = _scopes(verdict.provided)
        code = verdict.error
        if success and verdict.ok:
            return None
        if success:
            status = _STATUSES.get(code, 400) if code else 502
        if status == 429:
            self._held(answers.number(headers.get("Retry-After")))
        if code is None:
            return Complaint(status, text="the answer lacks its ok") if success else None
        return Complaint(status, code=code, text=f"{code}, it needs {verdict.needed}" if verdict.needed else code)

    # --- how much at once

    def budget(self, method: str) -> Budget | None:
        return _SLOW_BUDGETS.get(method) if self.slow and method in _SLOW_BUDGETS else _BUDGETS.get(method)

    def rest(self, method: str) -> float:
        """Seconds to let pass before a call: those that the slow quota knows nothing of, because they were made before
        Slack turned out to be slow."""
        sent = self._sent.get(method)
        if not self.slow or sent is None:
            return 0.0
        return min(SLOW_PAUSE, max(0.0, sent + SLOW_PAUSE - self.now()))

    @property
    def free(self) -> bool:
        """Whether it has shown that calls need not wait for each other for a minute."""
        return not self.slow and (self._full or self._quick)

    def answered(self, method: str) -> None:
        now, before = self.now(), self._answered.get(method)
        if method in _SLOW_BUDGETS and before is not None and 0 <= now - before < LONG_PAUSE:
            self._quick = True
        self._answered[method] = now

    def begins(self, method: str) -> None:
        self._under_way[method] += 1

    def ends(self, method: str) -> None:
        self._under_way[method] -= 1
        self._sent[method] = self.now()

    def page(self, messages: int, *, more: bool) -> None:
        """A page of history. More than 15 messages prove that this app is not held short; exactly 15 of many, while
        hundreds were asked for, is how the others are."""
        self.heard = True
        if messages > SLOW_PAGE:
            self._full, self.slow = True, False
        elif messages == SLOW_PAGE and more and not self._full:
            self.slow = True

    def _held(self, seconds: float | None) -> None:
        reading = self._under_way[HISTORY] + self._under_way[REPLIES]
        if seconds is not None and seconds >= LONG_PAUSE and reading and not self._full:
            self.slow = True


def _scopes(text: str) -> frozenset[str]:
    return frozenset(scope.strip() for scope in text.split(",") if scope.strip())
