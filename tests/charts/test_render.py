"""ANSI and SVG: the same cells in every depth, nothing from outside, colours that people can tell apart."""

import re
from itertools import combinations, pairwise
from math import dist
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel_tui.charts.cells import ROLES, Span, Style, plain
from funnel_tui.charts.palette import ANSI_HINTS, PALETTES, rgb
from funnel_tui.charts.render import Depth, nearest_256, to_ansi, to_svg
from funnel_tui.charts.sankey import sankey

from .funnels import MONTH

SGR = re.compile("\x1b\\[[0-9;]*m")


@pytest.mark.parametrize("depth", ["truecolor", "256", "16"])
def test_ansi_keeps_every_cell(depth: Depth) -> None:
    lines = sankey(MONTH, 100, 14)
    text = SGR.sub("", to_ansi(lines, depth))
    assert text == "\n".join("".join(span.text for span in line) for line in lines)


def test_ansi_codes() -> None:
    lines = [
        (Span("a", Style("human", bold=True)), Span(" ", Style(None, "warn")), Span("▃", Style("ground", "human")))
    ]
    red, green, blue = rgb(PALETTES["dark"]["human"])
    assert to_ansi(lines, "none") == "a█▀"
    assert to_ansi(lines, "16") == "\x1b[1;94ma\x1b[0m\x1b[103m \x1b[0m\x1b[7;94m▃\x1b[0m"
    assert to_ansi(lines).startswith(f"\x1b[1;38;2;{red};{green};{blue}ma\x1b[0m")
    assert re.match("\x1b\\[1;38;5;[0-9]+ma\x1b\\[0m", to_ansi(lines, "256"))


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_nearest_256_is_one_of_the_fixed_colours(colour: tuple[int, int, int]) -> None:
    assert 16 <= nearest_256(*colour) <= 255


@pytest.mark.parametrize(
    ("colour", "index"),
    [("#000000", 16), ("#ffffff", 231), ("#ff0000", 196), ("#8a8a8a", 245), ("#005f87", 24), ("#00afaf", 37)],
)
def test_nearest_256_of_a_fixed_colour_is_itself(colour: str, index: int) -> None:
    assert nearest_256(*rgb(colour)) == index


@pytest.mark.parametrize("theme", list(PALETTES))
def test_accents_stay_different_in_256_colours(theme: str) -> None:
    accents = ("proactive", "selfserve", "human", "warn", "bad", "muted")
    roles = [*accents, "selfserve-soft", "human-soft", "warn-soft", "muted-soft"]
    assert len({nearest_256(*rgb(PALETTES[theme][role])) for role in roles}) == len(roles)


@pytest.mark.parametrize("theme", list(PALETTES))
def test_svg_is_one_self_contained_element(theme: str) -> None:
    lines = sankey(MONTH, 100, 14)
    svg = to_svg(lines, PALETTES[theme], title="Where <9,310> people went")
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("viewBox") == "0 0 800 224"
    assert "Where <9,310> people went" in svg.replace("&lt;", "<").replace("&gt;", ">")
    assert re.findall('https?://[^"]+', svg) == ["http://www.w3.org/2000/svg"]
    assert not {"href", "url(", "@import", "<script", "<style"} & set(
        re.findall(r"href|url\(|@import|<script|<style", svg)
    )
    words = " ".join(text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "Solved by articles" in words
    assert "3,020" in words


def test_svg_rectangles_fill_what_the_cells_fill() -> None:
    svg = to_svg([(Span("▄", Style("human")), Span(" ", Style(None, "warn")), Span("▀ ⠁<", Style("text")))])
    assert '<rect x="0" y="8" width="8" height="8" fill="#5b8ff9"/>' in svg
    assert '<rect x="8" y="0" width="8" height="16"' in svg
    assert "M33 1h2v2h-2z" in svg
    assert "&lt;" in svg


def test_svg_draws_quarter_blocks_as_quarters() -> None:
    svg = to_svg([(Span("▚█▖", Style("human")),)], background=False)
    boxes = re.findall('<rect x="([0-9]+)" y="([0-9]+)" width="([0-9]+)" height="([0-9]+)"', svg)
    assert [tuple(map(int, box)) for box in boxes] == [(0, 0, 4, 8), (4, 8, 4, 8), (8, 0, 8, 16), (16, 8, 4, 8)]
    assert "<text" not in svg


def test_svg_merges_neighbours() -> None:
    svg = to_svg([(Span("████", Style("human")),)], background=False)
    assert svg.count("<rect") == 1
    assert 'width="32" height="16"' in svg


def test_every_role_has_a_colour() -> None:
    for palette in PALETTES.values():
        assert set(palette) == set(ROLES)


# The simulations of Machado, Oliveira and Fernandes (2009) at full severity, on linear RGB.
VISION = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(colour: str) -> tuple[float, ...]:
    parts = [part / 255 for part in rgb(colour)]
    return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def oklab(colour: str, vision: str) -> tuple[float, ...]:
    seen = [sum(a * b for a, b in zip(row, linear(colour), strict=True)) for row in VISION[vision]]
    r, g, b = (min(1.0, max(0.0, part)) for part in seen)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def contrast(one: str, other: str) -> float:
    light, dark = sorted(
        (sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear(c), strict=True)) for c in (one, other)),
        reverse=True,
    )
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("vision", list(VISION))
@pytest.mark.parametrize("theme", list(PALETTES))
def test_layers_and_amber_can_be_told_apart(theme: str, vision: str) -> None:
    palette = PALETTES[theme]
    for one, other in combinations(("proactive", "selfserve", "human", "warn"), 2):
        assert dist(oklab(palette[one], vision), oklab(palette[other], vision)) > 0.085, (one, other)


@pytest.mark.parametrize("theme", list(PALETTES))
def test_text_can_be_read(theme: str) -> None:
    palette = PALETTES[theme]
    for role in ("text", "muted", "proactive", "selfserve", "human", "warn", "bad", "good"):
        assert contrast(palette[role], palette["ground"]) >= 4.5, role


@pytest.mark.parametrize("theme", list(PALETTES))
def test_bars_stand_out_from_their_ribbons(theme: str) -> None:
    palette = PALETTES[theme]
    for role in ("proactive", "selfserve", "human", "warn", "muted"):
        assert contrast(palette[role], palette[f"{role}-soft"]) >= 1.9, role


@pytest.mark.parametrize("layer", ["proactive", "selfserve", "human"])
@pytest.mark.parametrize("theme", list(PALETTES))
def test_heat_steps_rise_for_every_eye_and_stay_five(theme: str, layer: str) -> None:
    palette = PALETTES[theme]
    steps = [palette[f"{layer}-{step}"] for step in range(1, 6)]
    assert steps[-1] == palette[layer]
    assert len({nearest_256(*rgb(step)) for step in steps}) == 5
    for vision in VISION:
        lightness = [oklab(colour, vision)[0] for colour in (palette["ground"], *steps)]
        assert lightness == sorted(lightness, reverse=theme == "light")
        assert min(abs(b - a) for a, b in pairwise(lightness)) > 0.04


@pytest.mark.parametrize("layer", ["proactive", "selfserve", "human"])
@pytest.mark.parametrize("theme", list(PALETTES))
def test_values_in_heat_cells_can_be_read(theme: str, layer: str) -> None:
    palette = PALETTES[theme]
    for step in range(1, 6):
        assert contrast(palette["ground" if step == 5 else "text"], palette[f"{layer}-{step}"]) >= 4.5


def test_every_heat_step_has_one_of_the_16_colours() -> None:
    steps = {role for role in ROLES if role[-1].isdigit()}
    assert len(steps) == 15
    assert set(ANSI_HINTS) == set(PALETTES)
    for hints in ANSI_HINTS.values():
        assert set(hints) == steps
    assert to_ansi([(Span("a", Style("text", "human-2")), Span("b", Style("ground", "human-5")))], "16") == (
        "\x1b[39;44ma\x1b[0m\x1b[7;94mb\x1b[0m"
    )


def test_plain_and_ansi_none_agree() -> None:
    lines = sankey(MONTH, 80, 10)
    assert to_ansi(lines, "none") == plain(lines)
