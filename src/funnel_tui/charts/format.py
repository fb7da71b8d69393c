"""Values as people say them: `2m 41s`, `9.4 %`, `12,480`, `▼ 14 % better`. Pure text, no colours.

Rounding is half up, as people expect; a value is never rounded into a claim it does not support (0.04 % is `<0.1 %`,
not `0 %`; 99.7 % is `>99 %`).
"""

import math

from funnel_tui.model.values import MetricValue, Quality, Unit, Verdict

MINUTE, HOUR, DAY = 60, 3_600, 86_400

NOT_AVAILABLE = "n/a"
NOTHING = "–"
"""A median or rate of nothing: known, and empty. Not the same as unavailable."""

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}


def round_half_up(value: float, digits: int = 0) -> float:
    scale = 10.0**digits
    # The nudge undoes binary representation (1.005 is stored as 1.00499...), far below anything shown.
    return math.copysign(math.floor(abs(value) * scale * (1 + 1e-12) + 0.5) / scale, value)


def format_duration(seconds: float) -> str:
    """`45s`, `2m 41s`, `3h 12m`, `2d 4h`, `120d`: two units at most, rounded to the smaller one, zeros left out."""
    if seconds < 0:
        return "−" + format_duration(-seconds)
    whole = int(round_half_up(seconds))
    if whole < MINUTE:
        return f"{whole}s"
    if whole < HOUR:
        return _two(whole, MINUTE, "m", 1, "s")
    minutes = int(round_half_up(whole / MINUTE))
    if minutes * MINUTE < DAY:
        return _two(minutes * MINUTE, HOUR, "h", MINUTE, "m")
    hours = int(round_half_up(whole / HOUR))
    if hours * HOUR < 100 * DAY:
        return _two(hours * HOUR, DAY, "d", HOUR, "h")
    return f"{int(round_half_up(whole / DAY)):,}d"


def _two(value: int, large: int, large_name: str, small: int, small_name: str) -> str:
    first, rest = divmod(value, large)
    second = rest // small
    return f"{first}{large_name} {second}{small_name}" if second else f"{first}{large_name}"


def format_share(ratio: float) -> str:
    """A ratio as a percentage: one decimal under 10 %, none above."""
    if ratio < 0:
        return "−" + format_share(-ratio)
    percent = ratio * 100
    if 0 < percent < 0.05:
        return "<0.1 %"
    tenths = round_half_up(percent, 1)
    if tenths == 0:
        return "0 %"
    if tenths < 10:
        return f"{tenths:.1f} %"
    whole = round_half_up(percent)
    if ratio < 1 and whole >= 100:
        return ">99 %"
    return f"{whole:,.0f} %"


def format_count(value: float) -> str:
    """`12,480`."""
    return f"{round_half_up(value):,.0f}".replace("-", "−")


def format_number(value: float) -> str:
    """`1.34`, `13.4`, `1,340`: three figures that matter."""
    size = abs(value)
    digits = 2 if round_half_up(size, 2) < 10 else 1 if round_half_up(size, 1) < 100 else 0
    return f"{round_half_up(value, digits):,.{digits}f}".replace("-", "−")


def format_hours(value: float) -> str:
    """`0.4 h`, `21 h`."""
    digits = 1 if round_half_up(abs(value), 1) < 10 and value != 0 else 0
    return f"{round_half_up(value, digits):,.{digits}f} h".replace("-", "−")


def format_money(value: float, currency: str = "USD") -> str:
    """`$1,240`, `€8.50`, `CHF 1,240`: cents below 100 only, where they matter."""
    size = abs(value)
    digits = 2 if size < 100 and size != int(size) else 0
    symbol = _SYMBOLS.get(currency, currency + " ")
    return ("−" if value < 0 else "") + f"{symbol}{round_half_up(size, digits):,.{digits}f}"


def format_short(value: float) -> str:
    """For axes and tight places: `950`, `2.5k`, `12k`, `1.2M`."""
    sign, size = ("−", -value) if value < 0 else ("", value)
    for limit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if round_half_up(size) >= limit or size >= limit * 0.9995:
            scaled = size / limit
            digits = 1 if round_half_up(scaled, 1) < 100 and round_half_up(scaled, 1) != round_half_up(scaled) else 0
            return f"{sign}{round_half_up(scaled, digits):.{digits}f}{name}"
    digits = 0 if size == int(size) or size >= 100 else 1 if size >= 10 else 2
    text = f"{round_half_up(size, digits):.{digits}f}"
    return sign + (text.rstrip("0").rstrip(".") if digits else text)


def format_plain(value: float | None, unit: Unit, *, currency: str = "USD") -> str:
    """A value in its unit, without marks of quality; `–` for None."""
    if value is None or not math.isfinite(value):
        return NOTHING
    match unit:
        case Unit.SECONDS:
            return format_duration(value)
        case Unit.RATIO:
            return format_share(value)
        case Unit.COUNT:
            return format_count(value)
        case Unit.HOURS:
            return format_hours(value)
        case Unit.MONEY:
            return format_money(value, currency)
        case Unit.NUMBER:
            return format_number(value)


def format_axis(value: float, unit: Unit, *, currency: str = "USD") -> str:
    """A value beside an axis: shorter than in a tile."""
    match unit:
        case Unit.SECONDS:
            return format_duration(value)
        case Unit.RATIO:
            return f"{round_half_up(value * 100, 1):g}%"
        case Unit.MONEY:
            return _SYMBOLS.get(currency, "") + format_short(value)
        case Unit.HOURS:
            return f"{format_short(value)}h"
        case Unit.COUNT | Unit.NUMBER:
            return format_short(value)


def format_value(metric: MetricValue, *, currency: str = "USD") -> str:
    """The metric's value with its mark of quality: `2m 41s`, `≈ 63 %`, `n/a` (unavailable), `–` (of nothing)."""
    if metric.quality is Quality.UNAVAILABLE:
        return NOT_AVAILABLE
    text = format_plain(metric.value, metric.spec.unit, currency=currency)
    return f"≈ {text}" if metric.quality is Quality.APPROXIMATE and metric.value is not None else text


def format_previous(metric: MetricValue, *, currency: str = "USD") -> str:
    """The compared value, for the "then" column."""
    if metric.quality is Quality.UNAVAILABLE:
        return NOT_AVAILABLE
    return format_plain(metric.previous, metric.spec.unit, currency=currency)


def format_change(metric: MetricValue, *, verdict: bool = False) -> str:
    """`▲ 8 %`, `▼ 2.1 pt`, `=`; with `verdict` also the word: `▼ 14 % better`. Empty without a comparison.

    A change from zero has no percentage: it says `▲ from 0`. What differs by less than its noise says `unclear`.
    """
    if metric.value is None or metric.quality is Quality.UNAVAILABLE or metric.previous is None:
        return ""
    if metric.verdict is Verdict.SAME:
        return "="
    text = _change(metric)
    if not verdict or text == "=" or metric.verdict is None:
        return text
    return f"{text} {metric.verdict.value}"


def _change(metric: MetricValue) -> str:
    change, difference = metric.change, (metric.value or 0.0) - (metric.previous or 0.0)
    if change is None:
        if difference == 0:
            return "="
        return f"{'▲' if difference > 0 else '▼'} from {format_plain(metric.previous, metric.spec.unit)}"
    sign = "▲" if change > 0 else "▼"
    size = abs(change) * 100
    if metric.spec.unit is Unit.RATIO:
        tenths = round_half_up(size, 1)
        if tenths == 0:
            return "="
        return f"{sign} {tenths:.1f} pt" if tenths < 10 else f"{sign} {round_half_up(size):.0f} pt"
    if round_half_up(size, 1) == 0:
        return "="
    if size < 1:
        return f"{sign} {round_half_up(size, 1):.1f} %"
    if change >= 9:
        return f"{sign} ×{format_short(change + 1)}"
    if metric.value and change < 0 and round_half_up(size) >= 100:
        return f"{sign} >99 %"  # something is left: it did not fall to nothing
    return f"{sign} {round_half_up(size):.0f} %"


def format_n(n: int | None) -> str:
    """`n 1,204`, or nothing where a metric has no n."""
    return "" if n is None else f"n {n:,}"


def format_interval(metric: MetricValue) -> str:
    """`90–94`: the 95 % interval in the unit of the value, or nothing."""
    if metric.low is None or metric.high is None:
        return ""
    if metric.spec.unit is Unit.RATIO:
        return f"{round_half_up(metric.low * 100):.0f}–{round_half_up(metric.high * 100):.0f}"
    return f"{format_plain(metric.low, metric.spec.unit)} – {format_plain(metric.high, metric.spec.unit)}"


def change_role(metric: MetricValue) -> str:
    """The colour role of a change: `good`, `bad`, or `muted` where no way is better or nothing is clear."""
    if metric.verdict is Verdict.BETTER:
        return "good"
    if metric.verdict is Verdict.WORSE:
        return "bad"
    return "muted"
