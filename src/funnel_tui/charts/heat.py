"""Hour by weekday: when the work comes, and when people wait longest."""

from dataclasses import dataclass

from funnel_tui.model.boards import Heat
from funnel_tui.model.values import Unit

from .cells import MARKED, Canvas, Line, style
from .format import format_count, format_plain, format_short
from .glyphs import DENSITIES, Glyphs, choose, seven_bit
from .heat_steps import STEPS, Steps, compact, steps_for
from .hits import Area, Hits
from .scales import WEEKDAYS

Hour = tuple[int, int]
"""(weekday, hour) in the report zone; Monday is 0. Where cells hold several hours, the first of them."""

_GROUPS = (1, 2, 3, 6)
_WIDEST = 6
_TALLEST = 3


class HeatHits(Hits[Hour]):
    """The cells of a heat map; each holds `group` hours."""

    __slots__ = ("group",)

    def __init__(self, areas: dict[Hour, Area], group: int) -> None:
        super().__init__(areas.items())
        self.group = group

    def key(self, weekday: int, hour: int) -> Hour:
        """The cell that holds an hour."""
        return weekday, hour - hour % self.group

    def move(self, at: Hour | None, days: int, cells: int) -> Hour:
        """So many rows down and cells to the right, stopping at the edges; from nowhere, Monday's first."""
        if at is None:
            return (0, 0)
        weekday, hour = self.key(*at)
        hour = max(0, min(24 - self.group, hour + cells * self.group))
        return max(0, min(6, weekday + days)), hour


def heat_map(
    heat: Heat,
    width: int,
    height: int,
    *,
    role: str = "human",
    marked: Hour | None = None,
    glyphs: Glyphs | None = None,
    mono: bool = False,
) -> tuple[Line, ...]:
    """Seven rows of 24 hours, or of cells of 2, 3 or 6 hours where the width holds no more; below 7 rows a list of the
    highest hours.

    Colour steps by background and, so that they do not rest on colour, with the value in each cell or a glyph of rising
    density; `mono` has the glyphs alone. Counts of several hours are added, other figures averaged by their n, which
    the legend calls `≈`. None (no items) is an empty cell, as is a count of zero.
    """
    chosen = choose(glyphs, False, "block")
    canvas = Canvas(width, height)
    grid = _grid(heat, width, height)
    if not any(value is not None for row in heat.cells for value in row):
        canvas.write(0, max(0, (height - 1) // 2), "nothing in this period", style("muted"))
    elif grid is None:
        _list(canvas, heat, marked, role)
    else:
        _draw(canvas, heat, grid, role, marked, chosen, mono)
    return seven_bit(canvas.lines()) if chosen == "ascii" else canvas.lines()


def heat_hits(heat: Heat, width: int, height: int, *, marked: Hour | None = None) -> HeatHits:
    """Where the hours stand on `heat_map` of the same size."""
    grid = _grid(heat, width, height)
    if grid is None:
        listed = _highest(heat, height, marked) if width > 0 else []
        return HeatHits({hour: Area(0, y, width) for y, hour in enumerate(listed)}, 1)
    return HeatHits({(day, hour): grid.area(day, hour) for day in range(7) for hour in grid.hours}, grid.group)


@dataclass(frozen=True, slots=True)
class _Grid:
    left: int
    top: int
    cell: int
    tall: int
    group: int
    totals: int
    """Cells for the totals of the rows; 0 without."""
    sums: bool
    """Whether a row of column totals stands below."""
    legend: int
    """Rows of legend."""

    @property
    def hours(self) -> range:
        return range(0, 24, self.group)

    @property
    def right(self) -> int:
        return self.left + self.cell * len(self.hours)

    def area(self, weekday: int, hour: int) -> Area:
        x = self.left + hour // self.group * self.cell
        return Area(x, self.top + weekday * self.tall, self.cell, self.tall)


def _grid(heat: Heat, width: int, height: int) -> _Grid | None:
    if height < 7 or width < 6:
        return None
    left = 4 if width >= 12 else 2
    group = next(group for group in _GROUPS if 24 // group <= width - left or group == 6)
    count = 24 // group
    totals = 2 + max(len(text) for text in _row_totals(heat))
    if heat.unit is Unit.COUNT:
        totals = max(totals, 1 + len(format_count(sum(value or 0.0 for row in heat.cells for value in row))))
    cell = min(_WIDEST, (width - left) // count)
    narrower = min(_WIDEST, (width - left - totals) // count)
    if narrower < min(cell, 2):
        totals = 0
    else:
        cell = narrower
    top = 1 if height >= 8 else 0
    legend = 0 if height < 9 else 1 if height < 11 else 2
    sums = height >= 12 and heat.unit is Unit.COUNT and cell >= 3 and bool(totals)
    tall = max(1, min(_TALLEST, (height - top - legend - sums) // 7))
    return _Grid(left, top, cell, tall, group, totals, sums, legend)


def _merged(heat: Heat, weekday: int, hour: int, group: int) -> float | None:
    """The figure of a cell of several hours: counts add up, the rest is the mean weighted by n."""
    pairs = [
        (value, n)
        for value, n in zip(
            heat.cells[weekday][hour : hour + group], heat.n[weekday][hour : hour + group] or (1,) * group, strict=True
        )
        if value is not None
    ]
    if not pairs:
        return None
    if len(pairs) == 1 and group == 1:
        return pairs[0][0]
    if heat.unit is Unit.COUNT:
        return sum(value for value, _ in pairs)
    weights = sum(n for _, n in pairs)
    return sum(value * n for value, n in pairs) / weights if weights else sum(v for v, _ in pairs) / len(pairs)


def _row_totals(heat: Heat) -> list[str]:
    """A day's count, or where figures do not add up how many items stand behind it."""
    if heat.unit is Unit.COUNT:
        return [format_count(sum(value or 0.0 for value in row)) for row in heat.cells]
    return [f"n {format_count(sum(row))}" for row in heat.n]


def _draw(canvas: Canvas, heat: Heat, grid: _Grid, role: str, marked: Hour | None, glyphs: Glyphs, mono: bool) -> None:
    values = {(day, hour): _merged(heat, day, hour, grid.group) for day in range(7) for hour in grid.hours}
    steps = steps_for([value for value in values.values() if value is not None], heat.unit)
    at = None if marked is None else (marked[0], marked[1] - marked[1] % grid.group)
    texts = {place: compact(value, heat.unit) for place, value in values.items() if value}
    spelt = not mono and grid.cell >= 3 and all(len(text) < grid.cell for text in texts.values())
    for place, value in values.items():
        level = 0 if value is None else steps.of(value)
        text = texts.get(place, "") if spelt else DENSITIES[glyphs][level - 1] * grid.cell if level else ""
        _cell(canvas, grid, place, text, level, role, place == at, mono=mono, spelt=spelt)
    _day_labels(canvas, heat, grid, at)
    if grid.top:
        _hour_labels(canvas, grid, at)
    y = grid.top + 7 * grid.tall
    if grid.sums:
        _sums(canvas, heat, grid, y)
        y += 1
    if grid.legend:
        readout = "" if at is None else _readout(heat, at, values[at], grid.group)
        _legend(canvas, grid, steps, role, y, readout, glyphs, mono)


def _cell(
    canvas: Canvas,
    grid: _Grid,
    place: Hour,
    text: str,
    level: int,
    role: str,
    marked: bool,
    *,
    mono: bool,
    spelt: bool,
) -> None:
    area = grid.area(*place)
    middle = (area.height - 1) // 2
    for row in range(area.height):
        shown = text if not spelt or row == middle else ""
        if marked and area.width < 3:
            shown, look = "[]" if area.width == 2 else "@", MARKED
        elif marked:
            inner = shown.strip() if spelt else shown[: area.width - 2]
            shown, look = f"[{inner}]" if len(inner) <= area.width - 2 else inner, MARKED
        elif not level:
            look = style("track")
        elif mono:
            look = style("text", bold=level == STEPS)
        else:
            ink = ("ground" if level == STEPS else "text") if spelt else f"{role}-{STEPS}"
            look = style(ink, f"{role}-{level}")
        for offset, char in enumerate(f"{shown:^{area.width}}"):
            canvas.put(area.x + offset, area.y + row, char, look)


def _day_labels(canvas: Canvas, heat: Heat, grid: _Grid, at: Hour | None) -> None:
    totals = _row_totals(heat) if grid.totals else None
    for day, name in enumerate(WEEKDAYS):
        y = grid.top + day * grid.tall + (grid.tall - 1) // 2
        look = style("text", bold=True) if at is not None and at[0] == day else style("muted")
        canvas.write(0, y, name[: grid.left - 1], look)
        if totals:
            canvas.write(grid.right, y, f"{totals[day]:>{grid.totals}}", look)


def _hour_labels(canvas: Canvas, grid: _Grid, at: Hour | None) -> None:
    """Every hour, or every second, third, sixth ... so that none touch; the marked one besides, over its neighbours."""
    every = next(h for h in (1, 2, 3, 6, 12, 24) if h % grid.group == 0 and grid.cell * h // grid.group >= 3)
    x = -9 if at is None else min(grid.area(0, at[1]).x, canvas.width - 2)
    for hour in range(0, 24, every):
        if abs(grid.area(0, hour).x - x) > 2:
            canvas.write(grid.area(0, hour).x, 0, f"{hour:02d}", style("muted"))
    if at is not None:
        canvas.write(x, 0, f"{at[1]:02d}", style("text", bold=True))


def _sums(canvas: Canvas, heat: Heat, grid: _Grid, y: int) -> None:
    canvas.write(0, y, "all", style("muted"))
    for hour in grid.hours:
        total = sum(_merged(heat, day, hour, grid.group) or 0.0 for day in range(7))
        text = format_short(total)
        if total and len(text) < grid.cell:
            canvas.write(grid.area(0, hour).x, y, f"{text:^{grid.cell}}", style("muted"))
    whole = format_count(sum(value or 0.0 for row in heat.cells for value in row))
    canvas.write(grid.right, y, f"{whole:>{grid.totals}}", style("text"))


def hour_name(weekday: int, hour: int, hours: int = 1) -> str:
    """`Tue 14:00–15:00`."""
    return f"{WEEKDAYS[weekday]} {hour:02d}:00–{hour + hours:02d}:00"


def _readout(heat: Heat, at: Hour, value: float | None, group: int) -> str:
    n = sum(heat.n[at[0]][at[1] : at[1] + group])
    text = "none" if value is None else format_plain(value, heat.unit)
    about = "≈ " if group > 1 and heat.unit is not Unit.COUNT and value is not None else ""
    behind = "" if heat.unit is Unit.COUNT else f"  n {format_count(n)}"
    return f"{hour_name(*at, group)}  {about}{text}{behind}"


def _legend(
    canvas: Canvas, grid: _Grid, steps: Steps, role: str, y: int, readout: str, glyphs: Glyphs, mono: bool
) -> None:
    """The ranges of the steps and how many hours a cell holds; above it, or before it, what the cursor stands on."""
    x = left = grid.left if canvas.width >= 40 else 0
    if readout:
        x = canvas.write(x, y, readout, style("text", bold=True))
        x, y = (left, y + 1) if grid.legend > 1 else (x + 2, y)
    words = "" if grid.group == 1 else f"{grid.group} h a cell"
    names = steps.names("<=" if glyphs == "ascii" else "≤")
    room = canvas.width - x - (len(words) + 2 if words else 0)
    if sum(len(name) + 5 for name in names) - 2 > room:
        names = ("",) * (len(names) - 1) + names[-1:]
    if sum(len(name) + 3 for name in names) > room:
        names = ()
    for index, name in enumerate(names):
        level = steps.level(index)
        swatch = DENSITIES[glyphs][level - 1] * 2
        look = style("text", bold=level == STEPS) if mono else style(f"{role}-{STEPS}", f"{role}-{level}")
        for char in swatch:
            canvas.put(x, y, char, look)
            x += 1
        if name:
            x = canvas.write(x + 1, y, name, style("muted")) + 2
    if words:
        canvas.write(x, y, words, style("muted"))


def _highest(heat: Heat, rows: int, marked: Hour | None) -> list[Hour]:
    """The hours with the highest figures, the marked one first."""
    hours = [(day, hour) for day in range(7) for hour in range(24) if heat.cells[day][hour]]
    hours.sort(key=lambda at: (at != marked, -(heat.cells[at[0]][at[1]] or 0.0), at))
    return hours[: max(0, rows)]


def _list(canvas: Canvas, heat: Heat, marked: Hour | None, role: str) -> None:
    for y, (day, hour) in enumerate(_highest(heat, canvas.height, marked)):
        looks = (MARKED, MARKED) if (day, hour) == marked else (style("muted"), style(role))
        x = canvas.write(0, y, f"{WEEKDAYS[day]} {hour:02d}:00 ", looks[0])
        canvas.write(x, y, format_plain(heat.cells[day][hour], heat.unit), looks[1])
