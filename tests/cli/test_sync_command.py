"""`sync`, `record` and `demo`: real processes, real HTTP, on loopback."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from funnel_tui.demo import DemoHandle, start_demo
from tests.cli.conftest import ROOT, Run

PATIENCE = 20.0
"""Seconds after which a process that should have spoken is taken to hang."""
TOKEN = "FUNNEL_TEST_TOKEN"


@pytest.fixture(scope="module")
def helpdesk() -> Iterator[DemoHandle]:
    with start_demo(days=3, zone="UTC") as handle:
        yield handle


@pytest.fixture
def config(helpdesk: DemoHandle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(TOKEN, helpdesk.token)
    path = tmp_path / "config.toml"
    path.write_text(
        f'[[sources]]\nname = "acme"\nkind = "intercom"\nbase_url = "{helpdesk.url}"\ntoken_env = "{TOKEN}"\n'
    )
    return path


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1", **more}


def program(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "funnel_tui", *map(str, arguments)]


def test_once_tells_what_came_and_again_only_what_is_new(run: Run, config: Path, tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    first = run("--config", config, "--db", db, "sync", "--once", "--wait", "0")
    assert first.exit_code == 0, first.stderr
    assert first.stdout.startswith("acme: ok, ")
    found = json.loads(run("--config", config, "--db", db, "report", "--period", "last-7d", "--format", "json").stdout)
    assert found["metrics"]["human.inbound"]["value"] > 0
    assert found["freshness"]["acme"]["state"] in ("ok", "partial")
    rows = json.loads(
        run("--config", config, "--db", db, "conversations", "--period", "week", "--format", "json").stdout
    )
    assert {row["source"] for row in rows} == {"acme"}
    second = run("--config", config, "--db", db, "sync", "--once", "--wait", "0", "--source", "acme")
    assert second.exit_code == 0
    assert int(second.stdout.split(", ")[1].split()[0]) <= int(first.stdout.split(", ")[1].split()[0].replace(",", ""))


def test_a_wrong_token_fails_the_source_and_is_not_printed(
    run: Run, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN, "wrong-but-secret")
    result = run("--config", config, "--db", tmp_path / "a.db", "sync", "--once")
    assert result.exit_code == 1
    assert result.stdout.startswith("acme: failed")
    assert "token" in result.stderr
    assert "wrong-but-secret" not in result.output


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--source", "acmee"], 2, "none of acme"),
        (["--full"], 2, "--once"),
        (["--wait", "-1"], 2, "--wait"),
    ],
)
def test_wrong_usage(run: Run, config: Path, arguments: list[str], code: int, says: str) -> None:
    result = run("--config", config, "sync", *(["--once"] if "--full" not in arguments else []), *arguments)
    assert result.exit_code == code
    assert says in result.stderr


def test_no_credential_and_no_sources_are_bad_configuration(
    run: Run, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(TOKEN)
    result = run("--config", config, "--db", tmp_path / "a.db", "sync", "--once")
    assert result.exit_code == 2
    assert f"{TOKEN} is not set" in result.stderr
    empty = tmp_path / "empty.toml"
    empty.write_text("")
    result = run("--config", empty, "sync", "--once")
    assert result.exit_code == 2
    assert "no [[sources]] are configured" in result.stderr


def test_doctor_finds_everything_well(run: Run, config: Path, tmp_path: Path) -> None:
    result = run("--config", config, "--db", tmp_path / "a.db", "doctor")
    assert result.exit_code == 0, result.stdout
    assert "ok    acme: connection: " in result.stdout
    assert "ok    acme: conversations: readable" in result.stdout


def test_doctor_names_a_refused_token(run: Run, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, "wrong-but-secret")
    result = run("--config", config, "--db", tmp_path / "a.db", "doctor")
    assert result.exit_code == 1
    assert "FAIL  acme: connection: " in result.stdout
    assert "wrong-but-secret" not in result.output


@pytest.mark.parametrize("command", ["record", "sync"])
def test_polling_goes_on_until_it_is_told_to_stop(config: Path, tmp_path: Path, command: str) -> None:
    arguments = program("--config", config, "--db", tmp_path / "a.db", command)
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()) as process:
        try:
            said = read_until(process.stderr.fileno() if process.stderr else -1, b"acme: ")
            process.send_signal(signal.SIGTERM)
            rest, _ = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert b"acme: ok" in said or b"acme: partial" in said
    assert (rest, process.returncode) == (b"", 0)


def test_headless_demo_serves_until_it_is_told_to_stop() -> None:
    arguments = program("demo", "--headless", "--days", "1")
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()) as process:
        try:
            line = read_until(process.stdout.fileno() if process.stdout else -1, b"\n")
            server = json.loads(line)["servers"]["intercom"]
            request = urllib.request.Request(
                f"{server['url']}/me", headers={"Authorization": f"Bearer {server['token']}"}
            )
            with urllib.request.urlopen(request) as answer:
                assert answer.status == 200
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert process.returncode == 0


def test_the_demo_opens_the_dashboard_and_leaves_nothing(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(environment(TERM="xterm-256color", TMPDIR=str(temporary), COLUMNS="120", LINES="40"))
        os.execv(sys.executable, program("demo", "--days", "2"))
    try:
        shown = read_until(terminal, b"Delivered")
        assert [folder.name.startswith("funnel-tui-demo-") for folder in temporary.iterdir()] == [True]
        os.write(terminal, b"q")
        read_until(terminal, None)
    finally:
        os.close(terminal)
        _, status = os.waitpid(child, 0)
    assert b"Delivered" in shown
    assert os.waitstatus_to_exitcode(status) == 0
    assert list(temporary.iterdir()) == []


def read_until(descriptor: int, wanted: bytes | None) -> bytes:
    """What comes out up to the wanted bytes and what came with them; with None, to the end."""
    said = b""
    while wanted is None or wanted not in said:
        ready, _, _ = select.select([descriptor], [], [], PATIENCE)
        assert ready, f"nothing came after {said[-200:]!r}"
        try:
            part = os.read(descriptor, 65_536)
        except OSError:  # a terminal whose program has ended
            part = b""
        if not part:
            assert wanted is None, f"it ended after {said[-200:]!r}"
            break
        said += part
    return said
