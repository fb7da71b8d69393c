"""A dashboard that only looks: it says so, polls nothing, and leaves the cache as it is."""

import hashlib
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from funnel_tui.cli.app import cli
from funnel_tui.tui.state import Live
from funnel_tui.tui.widgets.header_lines import HeaderData, header_line

from .fake_report import NOW, make_freshness, make_report
from .terminal import ROOT, Terminal


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_header_says_so_however_narrow_it_is(width: int) -> None:
    from funnel_tui.tui.state import View

    view = View("month")
    data = HeaderData(
        "acme", view, make_report(view, NOW), make_freshness(NOW), Live(polling=False, read_only=True), NOW
    )
    assert "  read-only" in "".join(span.text for span in header_line(data, width))


@pytest.mark.parametrize("arguments", [("--read-only",), ("dash", "--read-only")])
def test_the_dashboard_touches_nothing(arguments: tuple[str, ...], tmp_path: Path) -> None:
    cache = tmp_path / "data" / "cache.db"
    result = CliRunner().invoke(cli, ["--db", str(cache), "import", str(ROOT / "fixtures" / "tiny.jsonl")])
    assert result.exit_code == 0
    config = tmp_path / "c.toml"
    config.write_text(
        '[[sources]]\nname = "a"\nkind = "rt"\nbase_url = "http://127.0.0.1:1"\ntoken_command = ["false"]\n'
    )
    before = hashlib.sha256(cache.read_bytes()).hexdigest()
    with Terminal("funnel_tui", "--config", str(config), "--db", str(cache), *arguments, size=(120, 40)) as terminal:
        terminal.shows("HUMAN", "read-only")
        terminal.press("r")
        terminal.press("q")
        assert terminal.end() == 0
    assert hashlib.sha256(cache.read_bytes()).hexdigest() == before
    assert [path.name for path in cache.parent.iterdir()] == ["cache.db"]
    shutil.rmtree(cache.parent)


def test_without_a_cache_it_says_who_fills_one(tmp_path: Path) -> None:
    with Terminal(
        "funnel_tui", "--db", str(tmp_path / "no.db"), "--read-only", XDG_CONFIG_HOME=str(tmp_path)
    ) as terminal:
        assert terminal.end() == 1
        assert "--read-only: no cache at" in terminal.text
