"""How a source stands: what the screen, `status` and `report` say about its freshness."""

from dataclasses import dataclass, field

from funnel_tui.model.values import Freshness


@dataclass(slots=True)
class Health:
    """Gathered while syncing; `freshness` sums it up in one line."""

    name: str
    kind: str
    last_success: int | None = None
    failure: str | None = None
    """Why the source failed as a whole."""
    refused: dict[str, str] = field(default_factory=dict)
    """Stream -> the line that says why it cannot be had."""
    troubles: dict[str, str] = field(default_factory=dict)
    """Stream -> why its last read failed; it is tried again."""
    pending: dict[str, str] = field(default_factory=dict)
    """Stream -> what is still under way at the provider."""
    warnings: dict[str, None] = field(default_factory=dict)
    """What else is worth a line, each once, in order."""
    progress: float | None = None
    history_from: int | None = None

    @property
    def lacking(self) -> tuple[str, ...]:
        """Why single streams are not read, each line once."""
        return tuple(dict.fromkeys((*self.refused.values(), *self.troubles.values())))

    def freshness(self) -> Freshness:
        lacking = self.lacking
        if self.failure is not None:
            state, message = "failed", self.failure
        elif lacking:
            more = f" (and {len(lacking) - 1} more)" if len(lacking) > 1 else ""
            state, message = "partial", lacking[0] + more
        elif self.last_success is None:
            state, message = "never", None
        else:
            state, message = "ok", next(iter(self.pending.values()), None)
        return Freshness(
            name=self.name,
            kind=self.kind,
            last_success=self.last_success,
            state=state,
            message=message,
            progress=self.progress,
            history_from=self.history_from,
        )

    def lines(self) -> tuple[str, ...]:
        """Everything worth a warning, one line each."""
        pending = (f"{self.name}: {line}" for line in self.pending.values())
        others = (f"{self.name}: {line}" for line in self.warnings)
        return (*self.refused.values(), *self.troubles.values(), *pending, *others)
