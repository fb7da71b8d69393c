"""What can go wrong with a provider, one class for each thing that is mended differently.

SourceError            anything below; renders as one line that says what to do
├── AuthError          401: the credential is wrong, expired, or of another region
├── ForbiddenError     403: the credential lacks a scope, or the plan lacks the feature (`plan`)
├── NotFound           404: the item is gone, or the endpoint does not exist there
├── Refused            any other 4xx: a request the provider does not take (an endpoint newer than the version)
├── RateLimited        429, still after all attempts
├── ServerError        408, 409, 425, 5xx, still after all attempts
├── BadBody            a 2xx with an empty, truncated or foreign body, still after all attempts
├── Unreachable        no answer: name not found, refused, TLS, time-out
├── StaleCursor        a resume cursor that the provider no longer knows: the slice starts over
└── InsecureURL        a plain http address that is not on loopback
"""

from funnel_tui.errors import UserError


class SourceError(UserError):
    """A provider's failure. `str()` is one line, free of secrets, ending in what to do about it."""

    mend = "Try again later; `funnel-tui doctor` looks closer."

    def __init__(
        self,
        provider: str,
        message: str,
        *,
        stream: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        mend: str | None = None,
    ) -> None:
        super().__init__(provider, message)
        self.provider = provider
        """The source's configured name."""
        self.message = message
        self.stream = stream
        self.status = status
        self.request_id = request_id
        """The provider's own id of the failed request, for its support."""
        if mend is not None:
            self.mend = mend

    def __str__(self) -> str:
        where = f"{self.provider}: {self.stream}: " if self.stream else f"{self.provider}: "
        return f"{where}{self._said(self.request_id)}. {self.mend}"

    @property
    def lasting(self) -> str:
        """What happened without the marks of the one request: the same words each time it happens again."""
        return self._said(None)

    def _said(self, request_id: str | None) -> str:
        marks = [f"HTTP {self.status}"] if self.status is not None else []
        if request_id:
            marks.append(f"request {request_id}")
        return f"{self.message} ({', '.join(marks)})" if marks else self.message


class AuthError(SourceError):
    mend = "Check the token and base_url."


class ForbiddenError(SourceError):
    mend = "Give the token the permission that it lacks."

    def __init__(
        self,
        provider: str,
        message: str,
        *,
        stream: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        mend: str | None = None,
        plan: bool = False,
    ) -> None:
        super().__init__(provider, message, stream=stream, status=status, request_id=request_id, mend=mend)
        self.plan = plan
        """True where the provider says that the subscription lacks the feature."""


class NotFound(SourceError):
    mend = "This version or plan does not have it, or base_url is wrong; all else is read without it."


class Refused(SourceError):
    mend = "Check api_version and base_url in the configuration."


class RateLimited(SourceError):
    mend = "Another tool may be using up the quota; it goes on by itself when the limit frees."

    def __init__(
        self,
        provider: str,
        message: str,
        *,
        stream: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        mend: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(provider, message, stream=stream, status=status, request_id=request_id, mend=mend)
        self.retry_after = retry_after
        """Seconds, where the provider named them."""


class ServerError(SourceError):
    mend = "The provider has trouble; it is tried again by itself."


class BadBody(SourceError):
    mend = "Check base_url, and look for a proxy in between; it is tried again by itself."


class Unreachable(SourceError):
    mend = "Check the network, the proxy settings and base_url."


class StaleCursor(SourceError):
    mend = "The slice is read again from its start."


class InsecureURL(SourceError):
    exit_code = 2
    mend = "Use https, or set allow_http = true if you trust every machine in between."
