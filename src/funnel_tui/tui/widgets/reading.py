"""How far the reading of the sources has come, as far as it decides what may be shown as a fact."""

from collections.abc import Iterable

from funnel_tui.model.values import Freshness, Report, Signal

_USUAL_DAYS = 28
"""Days of history without which nothing is usual or unusual."""


def unread(report: Report) -> bool:
    """Nothing has been read yet: what is empty is no finding."""
    return (
        all(source.last_success is None for source in report.freshness)
        and not any(link.value for link in report.funnel.links)
        and not any(point.human_resolved or point.selfserve_resolved for point in report.monthly.points)
    )


def waiting_words(report: Report) -> str:
    """What a table says while nothing has been read yet."""
    names = ", ".join(source.name for source in report.freshness if source.state != "failed")
    return f"Waiting for the first answer of {names or 'the sources'}. What has been read shows at once."


def filling(freshness: Iterable[Freshness]) -> bool:
    """History is still being read from a source."""
    return any(source.progress is not None for source in freshness)


def signals_of(report: Report | None) -> tuple[Signal, ...]:
    """The report's signals, once enough history has been read to tell what is usual."""
    if report is None:
        return ()
    needed = report.period.as_of - _USUAL_DAYS * 86_400
    enough = all(
        source.progress is None or (source.history_from is not None and source.history_from <= needed)
        for source in report.freshness
    )
    return report.signals if enough else ()
