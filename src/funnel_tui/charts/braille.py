"""Lines in braille dots, two by four to a cell."""

from collections.abc import Sequence

from .cells import Canvas, style

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


class Dots:
    """A grid of dots. A cell holds one colour: the role drawn last."""

    __slots__ = ("columns", "masks", "roles", "rows")

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = max(0, columns)
        self.rows = max(0, rows)
        self.masks = [[0] * self.columns for _ in range(self.rows)]
        self.roles: list[list[str]] = [[""] * self.columns for _ in range(self.rows)]

    def dot(self, x: int, y: int, role: str) -> None:
        column, row = x >> 1, y >> 2
        if 0 <= column < self.columns and 0 <= row < self.rows:
            if self.roles[row][column] not in ("", role):
                self.masks[row][column] = 0  # a mixture of two lines in one colour would belong to neither
            self.masks[row][column] |= _DOTS[x & 1][y & 3]
            self.roles[row][column] = role

    def segment(self, x0: int, y0: int, x1: int, y1: int, role: str, *, dashed: bool = False) -> None:
        """A straight line; dashed leaves every other pair of dots out."""
        steps = max(abs(x1 - x0), abs(y1 - y0), 1)
        for step in range(steps + 1):
            x = x0 + round((x1 - x0) * step / steps)
            if not dashed or x & 2:
                self.dot(x, y0 + round((y1 - y0) * step / steps), role)

    def polyline(self, points: Sequence[tuple[int, int] | None], role: str, *, dashed: bool = False) -> None:
        """Through the points; None interrupts the line, and a point alone stays a dot."""
        before: tuple[int, int] | None = None
        for point in points:
            if point is not None:
                self.segment(*(before or point), *point, role, dashed=dashed and before is not None)
            before = point

    def draw(self, canvas: Canvas, left: int, top: int) -> None:
        for y, (masks, roles) in enumerate(zip(self.masks, self.roles, strict=True)):
            for x, mask in enumerate(masks):
                if mask:
                    canvas.put(left + x, top + y, chr(0x2800 + mask), style(roles[x]))
