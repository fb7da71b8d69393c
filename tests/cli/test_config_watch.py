"""A configuration that changes while something runs on it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from funnel_tui import config_file
from funnel_tui.config_watch import ConfigWatch, Refused, Taken


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = tmp_path / "c.toml"
    path.write_text("poll_seconds = 30\n")
    return path


@pytest.fixture
def watch(path: Path) -> ConfigWatch:
    return ConfigWatch(path, lambda: config_file.load(path), config_file.load(path))


@pytest.fixture
def write(path: Path) -> Callable[[str], None]:
    """Writes as an editor does, with another time than before however fast the test is."""
    times = iter(range(1_000, 100_000, 10))

    def write(text: str) -> None:
        path.write_text(text)
        moment = next(times)
        os.utime(path, (moment, moment))

    return write


def settled(watch: ConfigWatch) -> Taken | Refused | None:
    """What the second look says: the first one finds the change and waits for its end."""
    assert watch.look() is None
    return watch.look()


def test_nothing_changed_is_no_news(watch: ConfigWatch) -> None:
    assert [watch.look() for _ in range(3)] == [None, None, None]


def test_a_change_is_taken_once(watch: ConfigWatch, write: Callable[[str], None]) -> None:
    write('poll_seconds = 10\ntimezone = "Asia/Tokyo"\n[keys]\nrefresh = "f5"\n')
    found = settled(watch)
    assert isinstance(found, Taken)
    assert found.settings.poll_seconds == 10
    assert set(found.changed) == {"poll_seconds", "timezone", "keys"}
    assert watch.look() is None


def test_a_file_that_is_still_being_written_is_waited_for(watch: ConfigWatch, write: Callable[[str], None]) -> None:
    write("")
    assert watch.look() is None
    write("poll_seconds = 1")
    assert watch.look() is None
    write("poll_seconds = 15\n")
    found = settled(watch)
    assert isinstance(found, Taken)
    assert found.settings.poll_seconds == 15


def test_a_mistake_is_told_once_with_its_line_and_the_old_one_stays(
    watch: ConfigWatch, write: Callable[[str], None], path: Path
) -> None:
    write("\npoll_seconds = 0\n")
    found = settled(watch)
    assert found == Refused(f"{path}:2: poll_seconds: must be from 1 to 86,400, not 0")
    assert watch.look() is None
    write("poll_seconds = 30\n")
    undone = settled(watch)
    assert isinstance(undone, Taken)
    assert undone.changed == ()


def test_a_comment_is_no_change(watch: ConfigWatch, write: Callable[[str], None]) -> None:
    write("# how often\npoll_seconds = 30\n")
    assert settled(watch) is None


def test_a_file_that_is_gone_still_holds(watch: ConfigWatch, path: Path, write: Callable[[str], None]) -> None:
    path.unlink()
    assert settled(watch) == Refused(f"{path}: is gone; what it said still holds")
    write("poll_seconds = 20\n")
    found = settled(watch)
    assert isinstance(found, Taken)
    assert found.changed == ("poll_seconds",)


def test_a_file_put_in_the_place_of_the_old_one_is_another(watch: ConfigWatch, path: Path) -> None:
    stat = path.stat()
    other = path.with_suffix(".new")
    other.write_text("poll_seconds = 60\n")
    os.utime(other, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    other.rename(path)
    assert isinstance(settled(watch), Taken)


def test_a_configuration_that_was_not_there_is_taken_up(path: Path) -> None:
    path.unlink()
    watch = ConfigWatch(path, lambda: config_file.load(path), config_file.parse(""))
    path.write_text("poll_seconds = 5\n")
    found = settled(watch)
    assert isinstance(found, Taken)
    assert found.changed == ("poll_seconds",)


def test_a_theme_of_ones_own_is_watched_as_well(watch: ConfigWatch, tmp_path: Path) -> None:
    themes = tmp_path / "funnel-tui" / "themes"
    themes.mkdir(parents=True)
    (themes / "mine.toml").write_text('human = "#0000ff"\n')
    found = settled(watch)
    assert isinstance(found, Taken)
    assert found.changed == ("themes",)


SOURCE = '[[sources]]\nname = "acme"\nkind = "rt"\nbase_url = "http://127.0.0.1:1"\ntoken_env = "PATH"\n'


def test_record_takes_up_what_its_polling_rests_on_and_tells_the_rest(
    path: Path, write: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    from funnel_tui.cli.following import taken_up
    from funnel_tui.cli.outside import Outside

    write(SOURCE)
    outside = Outside(config_file=path, db=None, at_text=None, color_choice="never")
    watch = ConfigWatch(path, outside.read_settings, outside.settings)

    def after(text: str) -> tuple[Taken | None, str]:
        write(text)
        assert taken_up(watch) is None
        return taken_up(watch), capsys.readouterr().err

    changed, said = after("poll_seconds = 5\n" + SOURCE)
    assert changed is not None
    assert changed.settings.poll_seconds == 5
    assert outside.settings.poll_seconds == 30
    assert said == "configuration taken up: poll_seconds\n"
    changed, said = after('poll_seconds = 5\n[keys]\nzoom = "f9"\n' + SOURCE)
    assert changed is not None
    assert changed.changed == ("keys",)
    assert said == "configuration taken up: keys\n"
    changed, said = after("poll_seconds = 0\n" + SOURCE)
    assert changed is None
    assert f"configuration not taken up: {path}:1: poll_seconds" in said
    changed, said = after("")
    assert changed is None
    assert "has no [[sources]]" in said
