"""Lines in small dots: two by four to a cell in braille, two by two in quarter blocks."""

from collections.abc import Sequence

from .cells import Canvas, style

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_QUARTERS = ((1, 4), (2, 8))
_QUARTER_BLOCKS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"


class Dots:
    """A grid of dots. A cell holds one colour: the role drawn last."""

    __slots__ = ("_bits", "columns", "masks", "roles", "rows", "tall")

    def __init__(self, columns: int, rows: int, *, quarters: bool = False) -> None:
        self.columns = max(0, columns)
        self.rows = max(0, rows)
        self.masks = [[0] * self.columns for _ in range(self.rows)]
        self.roles: list[list[str]] = [[""] * self.columns for _ in range(self.rows)]
        self.tall = 2 if quarters else 4
        """Dots on top of each other in a cell."""
        self._bits: Sequence[Sequence[int]] = _QUARTERS if quarters else _DOTS

    def dot(self, x: int, y: int, role: str) -> None:
        column, row = x >> 1, y // self.tall
        if 0 <= column < self.columns and 0 <= row < self.rows:
            if self.roles[row][column] not in ("", role):
                self.masks[row][column] = 0  # a mixture of two lines in one colour would belong to neither
            self.masks[row][column] |= self._bits[x & 1][y % self.tall]
            self.roles[row][column] = role

    def segment(self, x0: int, y0: int, x1: int, y1: int, role: str, *, dashed: bool = False) -> None:
        """A straight line; dashed leaves every other pair of dots out."""
        steps = max(abs(x1 - x0), abs(y1 - y0), 1)
        for step in range(steps + 1):
            x = x0 + round((x1 - x0) * step / steps)
            if not dashed or x & 2:
                self.dot(x, y0 + round((y1 - y0) * step / steps), role)

    def polyline(
        self, points: Sequence[tuple[int, int] | None], role: str, *, dashed: bool = False, dotted: bool = False
    ) -> None:
        """Through the points; None interrupts the line, and a point alone stays a dot. Dotted draws every other dot."""
        before: tuple[int, int] | None = None
        drawn = 0
        for point in points:
            if point is not None and not dotted:
                self.segment(*(before or point), *point, role, dashed=dashed and before is not None)
            elif point is not None:
                (x0, y0), (x1, y1) = before or point, point
                steps = max(abs(x1 - x0), abs(y1 - y0))
                for step in range(0 if before is None else 1, steps + 1):
                    if drawn % 2 == 0:
                        share = step / steps if steps else 0.0
                        self.dot(x0 + round((x1 - x0) * share), y0 + round((y1 - y0) * share), role)
                    drawn += 1
            before = point

    def draw(self, canvas: Canvas, left: int, top: int) -> None:
        """Put the dots over what is there; a background stays."""
        quarters = self.tall == 2
        for y, (masks, roles) in enumerate(zip(self.masks, self.roles, strict=True)):
            for x, mask in enumerate(masks):
                if mask:
                    char = _QUARTER_BLOCKS[mask] if quarters else chr(0x2800 + mask)
                    under = canvas.styles[top + y][left + x].bg
                    canvas.put(left + x, top + y, char, style(roles[x], under))
