"""Things that go wrong on demand, to see how a reader copes.

A rule is written ``KIND[=VALUE]:PATH[:TIMES]``, for example ``status=503:/conversations/search:3``:

``status=N``   answers with that status and an error body
``limit=S``    429 with ``Retry-After: S``
``deny``       403 ``api_plan_restricted``
``empty``      200 without a body
``truncate``   the right headers, half the body, then the connection closes
``reset``      the connection closes without an answer
``slow=S``     the right answer, S seconds late
``html``       200 with a page instead of JSON, as a proxy would send
"""

from dataclasses import dataclass
from threading import Lock

KINDS = ("status", "limit", "deny", "empty", "truncate", "reset", "slow", "html")


@dataclass(slots=True)
class Fault:
    kind: str
    prefix: str
    """Of the path."""
    left: int | None = None
    """How often it still strikes; None for ever."""
    value: float = 0.0


class Faults:
    """The rules in force; thread-safe."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._lock = Lock()

    def add(self, kind: str, prefix: str, *, times: int | None = None, value: float = 0.0) -> None:
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}: one of {', '.join(KINDS)}")
        with self._lock:
            self._rules.append(Fault(kind, prefix, times, value))

    def add_rule(self, rule: str) -> None:
        """Add a rule in the written form. Raises ValueError."""
        what, _, where = rule.partition(":")
        kind, _, value = what.partition("=")
        prefix, _, times = where.partition(":")
        if not prefix.startswith("/"):
            raise ValueError(f"{rule!r}: expected KIND[=VALUE]:/PATH[:TIMES]")
        self.add(kind, prefix, times=int(times) if times else None, value=float(value) if value else 0.0)

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def strike(self, path: str) -> Fault | None:
        """The first rule for a path, used up by one."""
        with self._lock:
            for rule in self._rules:
                if path.startswith(rule.prefix):
                    if rule.left is not None:
                        rule.left -= 1
                        if rule.left <= 0:
                            self._rules.remove(rule)
                    return rule
        return None
