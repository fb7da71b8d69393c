"""What a distribution says in words: its target, and what its bars cannot show to the second."""

from funnel_tui.model.boards import Distribution

from .cells import cell_width
from .format import format_count, format_plain, format_share


def verdict_role(spread: Distribution) -> str:
    """The role of what is said about the target: good, warn, or muted where nothing is expected."""
    if spread.within is None or spread.target_share is None:
        return "muted"
    return "good" if spread.within >= spread.target_share else "warn"


def target_words(spread: Distribution, width: int = 80) -> str:
    """`target 1m: 62 % within, 45 % expected`, with `!` where it is missed, or the longest shorter form that fits."""
    if spread.target is None:
        return ""
    sign = "! " if verdict_role(spread) == "warn" else ""
    level = format_plain(spread.target, spread.unit)
    forms = [f"{sign}target {level}", f"{sign}{level}"]
    if spread.within is not None:
        within = format_share(spread.within)
        forms = [f"{sign}target {level}: {within}", f"{sign}{level}: {within}", forms[-1]]
        if spread.target_share is not None:
            expected = format_share(spread.target_share)
            forms = [
                f"{sign}target {level}: {within} within, {expected} expected",
                f"{sign}target {level}: {within} of {expected}",
                *forms,
            ]
    return next((form for form in forms if cell_width(form) <= width), forms[-1])


def summary(spread: Distribution, then: int, width: int, tick: str = "│") -> str:
    """What the bars cannot show to the second, as much as fits."""
    words = [
        f"{name} {format_plain(value, spread.unit)}"
        for name, value in (("median", spread.median), ("p90", spread.p90))
        if value is not None
    ]
    words.append(f"n {format_count(spread.n)}")
    if then:
        words.append(f"{tick} before")
    while len(words) > 1 and cell_width(" · ".join(words)) > width:
        words.pop()
    return " · ".join(words)
