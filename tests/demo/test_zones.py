"""The system's zone by name."""

from pathlib import Path

from funnel_tui.demo.zones import system_zone


def test_the_environment_comes_first(tmp_path: Path) -> None:
    assert system_zone({"TZ": ":Europe/Lisbon"}, tmp_path / "none") == "Europe/Lisbon"


def test_then_where_localtime_points(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Asia/Kolkata")
    assert system_zone({"TZ": "Nowhere/At-All"}, link) == "Asia/Kolkata"


def test_else_utc(tmp_path: Path) -> None:
    assert system_zone({}, tmp_path / "none") == "UTC"
