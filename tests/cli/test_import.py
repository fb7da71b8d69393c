"""`import`: all of the files or nothing, in any order, as often as one likes."""

import json
import os
import threading
from pathlib import Path

import pytest

from tests.cli.conftest import NOON, TINY, Run

LINES = TINY.read_bytes().splitlines(keepends=True)


def figures(run: Run, db: Path) -> dict[str, object]:
    found = json.loads(run("--db", db, "--at", NOON, "report", "--period", "week", "--format", "json").stdout)
    return {name: found[name] for name in ("metrics", "funnel", "series")}


def test_says_what_came_on_stderr_only(run: Run, tmp_path: Path) -> None:
    result = run("--db", tmp_path / "a.db", "import", TINY)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr.startswith(f"{len(LINES)} records read")


def test_the_cache_is_its_owners_alone(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.db"
    assert run("--db", path, "import", TINY).exit_code == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_the_default_cache_lies_in_the_data_directory(run: Run) -> None:
    assert run("import", TINY).exit_code == 0
    assert Path(os.environ["XDG_DATA_HOME"], "funnel-tui", "cache.db").exists()
    assert run("--at", NOON, "status").stdout.startswith("waiting 1 ")


def test_nothing_is_loaded_if_a_line_is_refused(run: Run, tiny: Path, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text('{"type": "conversation", "id": "new"}\n')
    bad.write_text('{"type": "article", "id": "x"}\n\n{"type": "event", "conversation": "c"}\nnonsense\n')
    before = figures(run, tiny)
    result = run("--db", tiny, "import", good, bad)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"{bad}:3: at: missing",
        f"{bad}:4: not one JSON object: JSON is malformed: invalid character (byte 4)",
        "2 lines refused; nothing was loaded",
    ]
    assert figures(run, tiny) == before


def test_the_first_twenty_refusals_are_named(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text("{}\n" * 25)
    lines = run("--db", tmp_path / "a.db", "import", bad).stderr.splitlines()
    assert lines[19] == f"{bad}:20: type: missing"
    assert lines[20:] == ["25 lines refused, 5 more than shown; nothing was loaded"]
    assert not (tmp_path / "a.db").exists()


def test_order_splits_and_repeats_do_not_matter(run: Run, tiny: Path, tmp_path: Path) -> None:
    odd, even = tmp_path / "odd.jsonl", tmp_path / "even.jsonl"
    odd.write_bytes(b"".join(reversed(LINES[::2])))
    even.write_bytes(b"\xef\xbb\xbf" + b"".join(LINES[1::2]))
    other = tmp_path / "other.db"
    assert run("--db", other, "import", even).exit_code == 0
    assert run("--db", other, "import", odd, even, TINY).exit_code == 0
    assert figures(run, other) == figures(run, tiny)


def test_a_second_time_changes_nothing(run: Run, tiny: Path) -> None:
    assert run("--db", tiny, "import", TINY).stderr.endswith(" 0 new or changed\n")


def test_standard_input_and_pipes(run: Run, tiny: Path, tmp_path: Path) -> None:
    whole, piped = tmp_path / "stdin.db", tmp_path / "pipe.db"
    assert run("--db", whole, "import", "-", stdin=b"".join(LINES)).exit_code == 0
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"".join(LINES),))
    writer.start()
    assert run("--db", piped, "import", pipe).exit_code == 0
    writer.join()
    assert figures(run, whole) == figures(run, piped) == figures(run, tiny)


def test_workspaces_are_kept_apart(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "two.jsonl"
    lines = [
        {"type": "event", "conversation": "c1", "at": 1772700000, "kind": "customer_message", "workspace": name}
        for name in ("north", "south")
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines))
    db = tmp_path / "a.db"
    assert run("--db", db, "import", file).exit_code == 0
    rows = json.loads(run("--db", db, "--at", NOON, "conversations", "--format", "json").stdout)
    assert {(row["source"], row["id"]) for row in rows} == {("north", "c1"), ("south", "c1")}


@pytest.mark.parametrize(("name", "says"), [("none.jsonl", "No such file"), ("folder", "Is a directory")])
def test_a_file_that_cannot_be_read(run: Run, tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "folder").mkdir()
    result = run("--db", tmp_path / "a.db", "import", tmp_path / name)
    assert result.exit_code == 1
    assert name in result.stderr
    assert says in result.stderr
