"""The 240 colours that every terminal of 256 has alike, and which of them looks most like another."""

from functools import lru_cache
from math import dist


@lru_cache(maxsize=256)
def nearest_256(red: int, green: int, blue: int) -> int:
    """The index of xterm's fixed colour (the 6x6x6 cube or a grey) that looks most alike.

    Nearest in OKLab: the nearest in RGB turns dark blue into purple-grey.
    """
    wanted = _oklab(red, green, blue)
    return min(_fixed_colours(), key=lambda colour: dist(colour[1], wanted))[0]


@lru_cache(maxsize=1)
def _fixed_colours() -> tuple[tuple[int, tuple[float, float, float]], ...]:
    steps = (0, 95, 135, 175, 215, 255)
    cube = [(steps[i // 36], steps[i // 6 % 6], steps[i % 6]) for i in range(216)]
    greys = [(8 + 10 * i,) * 3 for i in range(24)]
    return tuple((16 + index, _oklab(*colour)) for index, colour in enumerate([*cube, *greys]))


def _oklab(red: int, green: int, blue: int) -> tuple[float, float, float]:
    """Bjorn Ottosson's OKLab (2020) of an sRGB colour."""
    r, g, b = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red / 255, green / 255, blue / 255)
    )
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )
