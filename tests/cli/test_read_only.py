"""`--read-only`, and caches that cannot be written to: everything is shown, nothing is touched."""

import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from funnel_tui.store import CacheError, Reader, Store
from funnel_tui.store import connection as opening
from funnel_tui.store.connection import Snapshot
from tests.cli.conftest import NOON, Run

NOBODY = 65_534


def state(folder: Path) -> dict[str, str]:
    """Every file of a folder and what is in it."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture
def locked(imported: Path) -> Iterator[Path]:
    """A cache in a folder in which its reader may write nothing."""
    folder = Path(tempfile.mkdtemp())
    cache = Path(shutil.copy(imported, folder / "cache.db"))
    cache.chmod(0o444)
    folder.chmod(0o555)
    yield cache
    folder.chmod(0o755)
    shutil.rmtree(folder)


@contextmanager
def somebody_else() -> Iterator[None]:
    """Without the rights of root, to whom nothing is forbidden."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.parametrize("option", [(), ("--read-only",)])
def test_a_file_in_a_folder_that_cannot_be_written_is_read(
    run: Run, locked: Path, option: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(locked.parent))
    arguments = ("--at", NOON, *option, "conversations", "--metric", "queue.waiting", "--format", "csv")
    expected = run("--db", locked, *arguments)  # and what it imports is imported: somebody else may not read it
    assert expected.stdout.count("\n") == 2
    for path in locked.parent.iterdir():
        if path != locked:
            path.unlink()
    before = state(locked.parent)
    with somebody_else():
        with pytest.raises(PermissionError):
            (locked.parent / "x").touch()
        result = run("--db", locked, *arguments)
    assert result.exit_code == 0, result.output
    assert result.stdout == expected.stdout
    assert state(locked.parent) == before


def test_nothing_is_left_beside_the_cache(run: Run, tiny: Path) -> None:
    before = state(tiny.parent)
    assert run("--db", tiny, "--read-only", "--at", NOON, "report").exit_code == 0
    assert state(tiny.parent) == before


@pytest.mark.parametrize(
    "command",
    [("sync", "--once"), ("record",), ("import", "x.jsonl"), ("demo",), ("doctor", "--rebuild"), ("config", "init")],
)
def test_whatever_writes_is_refused(run: Run, tiny: Path, command: tuple[str, ...], tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[[sources]]\nname = "a"\nkind = "intercom"\ntoken_env = "PATH"\n')
    (tmp_path / "x.jsonl").write_text("")
    before = state(tiny.parent)
    place = tmp_path / "new.toml" if command[0] == "config" else config
    arguments = [tmp_path / part if part == "x.jsonl" else part for part in command]
    result = run("--config", place, "--db", tiny, "--read-only", *arguments)
    assert result.exit_code != 0
    assert "--read-only" in result.stderr
    assert state(tiny.parent) == before


def test_a_cache_of_an_older_program_is_left_alone(run: Run, tiny: Path) -> None:
    with sqlite3.connect(tiny) as connection:
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    before = state(tiny.parent)
    result = run("--db", tiny, "--read-only", "report")
    assert result.exit_code == 1
    assert "open it once without --read-only" in result.stderr
    assert state(tiny.parent) == before


def test_a_writer_that_comes_later_is_noticed(tiny: Path) -> None:
    reader = Reader.open(tiny, read_only=True)
    assert isinstance(reader._connection, Snapshot)
    assert not reader.overtaken()
    store = Store.open(tiny)
    try:
        assert reader.overtaken()
        follower = Reader.open(tiny, read_only=True)
        assert not isinstance(follower._connection, Snapshot)
        assert not follower.overtaken()
        with pytest.raises(sqlite3.OperationalError):
            follower._connection.execute("PRAGMA query_only = OFF").execute("DELETE FROM setting")
        follower.close()
    finally:
        store.close()
        reader.close()


def test_a_screen_goes_over_to_the_file_as_it_is_now(tiny: Path) -> None:
    from zoneinfo import ZoneInfo

    from funnel_tui.settings import Settings
    from funnel_tui.tui.backend import CacheBackend

    backend = CacheBackend(tiny, Settings(zone=ZoneInfo("UTC")), read_only=True)
    first = backend.version()
    store = Store.open(tiny)
    with store._transaction():
        store._count_change()
    store.close()
    assert backend.version() > first
    backend.close()


def test_other_errors_stay_what_they_are(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_args: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(opening, "_connect", locked)
    with pytest.raises(CacheError, match="another program holds it"):
        Reader.open(tiny)
