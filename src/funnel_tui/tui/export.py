"""The screen as a file: text that opens anywhere, and an SVG with the screen's own colours."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from funnel_tui.charts.cells import Canvas, Line, cell_width

if TYPE_CHECKING:
    from .screens.base import FunnelScreen


def screen_lines(screen: "FunnelScreen") -> tuple[Line, ...]:
    """Everything drawn on the screen, put together."""
    width, height = screen.size
    canvas = Canvas(width, height)
    for view in screen.views():
        for y, line in enumerate(view.lines, view.region.y):
            x = view.region.x
            for span in line:
                canvas.write(x, y, span.text, span.style)
                x += cell_width(span.text)
    return canvas.lines()


def export_screen(screen: "FunnelScreen", palette: Mapping[str, str], now: int, folder: Path | None = None) -> str:
    """Write `funnel-TIME.txt` and `.svg` into the current folder, readable by their owner only; say what happened."""
    from funnel_tui.charts.render import to_svg

    lines = screen_lines(screen)
    stem = (folder or Path.cwd()) / f"funnel-{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}"
    try:
        text = "\n".join("".join(span.text for span in line).rstrip() for line in lines)
        _write(stem.with_suffix(".txt"), text + "\n")
        _write(stem.with_suffix(".svg"), to_svg(lines, palette=palette))
    except OSError as error:
        return f"Could not save the screen: {error.strerror or error}"
    return f"Saved {stem.name}.svg and .txt"


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
