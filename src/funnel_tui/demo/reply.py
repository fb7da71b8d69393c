"""Answers and refusals in Intercom's shapes."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    kind: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """Ends a request with an error body."""

    def __init__(
        self, status: int, code: str, message: str, field: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field
        self.retry_after = retry_after
        """Seconds, for the header of that name."""

    def reply(self) -> Reply:
        error = {"code": self.code, "message": str(self)}
        if self.field is not None:
            error["field"] = self.field
        body = {"type": "error.list", "request_id": str(uuid4()), "errors": [error]}
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return Reply(self.status, dump(body), headers=headers)


def not_found(message: str = "Resource Not Found", code: str = "not_found") -> Refusal:
    return Refusal(404, code, message)


def ok(body: Any) -> Reply:
    return Reply(200, dump(body))


def dump(body: Any) -> bytes:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def whole(text: str | None, default: int) -> int:
    """A query parameter as a number of 0 and more; the default where it is none."""
    return int(text) if text is not None and text.isdigit() else default
