"""A place on the screen, in cells: plain arithmetic, for what is drawn before Textual is there too."""

from typing import NamedTuple


class Slot(NamedTuple):
    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column after it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first line after it."""
        return self.y + self.height

    def moved(self, down: int) -> "Slot":
        return Slot(self.x, self.y + down, self.width, self.height)
