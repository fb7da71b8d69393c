"""`config` and `doctor`: what stands in the configuration, where it came from, and what is wrong."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run

EXAMPLE = ROOT / "config" / "funnel-tui.example.toml"


def test_path_is_in_the_configuration_directory(run: Run) -> None:
    expected = Path(os.environ["XDG_CONFIG_HOME"], "funnel-tui", "config.toml")
    assert run("config", "path").stdout == f"{expected}\n"


def test_init_writes_a_valid_private_file_and_never_overwrites(run: Run) -> None:
    result = run("config", "init")
    path = Path(result.stdout.strip())
    assert path.stat().st_mode & 0o777 == 0o600
    assert run("config", "validate").exit_code == 0
    path.write_text("poll_seconds = 9\n")
    again = run("config", "init")
    assert again.exit_code == 1
    assert "exists already" in again.stderr
    assert path.read_text() == "poll_seconds = 9\n"


def test_validate_counts_what_it_found(run: Run) -> None:
    result = run("--config", EXAMPLE, "config", "validate")
    assert result.exit_code == 0
    assert "7 sources, 2 alerts" in result.stderr


def test_validate_knows_the_metrics_that_alerts_may_name(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[[alerts]]\nname = "a"\nmetric = "queue.waitin"\nabove = 1\n')
    result = run("--config", config, "config", "validate")
    assert result.exit_code == 2
    assert "did you mean 'queue.waiting'" in result.stderr


def test_show_tells_where_each_value_came_from(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('poll_seconds = 9\n[[sources]]\nname = "acme"\nkind = "intercom"\nsince = "2026-01-01"\n')
    lines = {line.partition(" = ")[0]: line for line in run("--config", config, "config", "show").stdout.splitlines()}
    assert lines["timezone"].split() == ["timezone", "=", '"UTC"', "#", "system"]
    assert lines["poll_seconds"].endswith(f"# {config}:1")
    assert lines["reopen_window_days"].endswith("# default")
    assert lines["sources[0].since"].split()[2:] == ['"2026-01-01"', "#", f"{config}:5"]
    assert lines["sources[0].base_url"].split()[2:] == ['"https://api.intercom.io"', "#", "default"]


def test_show_masks_secrets(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text(
        '[[sources]]\nname = "acme"\nkind = "intercom"\ntoken = "hush-hush"\n'
        '[notify.ops]\nwebhook = "https://hooks.example/secret-path"\n'
    )
    shown = run("--config", config, "config", "show").stdout
    assert "hush-hush" not in shown
    assert "secret-path" not in shown
    assert 'sources[0].token = "********"' in shown


def test_doctor_without_a_configuration(run: Run) -> None:
    result = run("doctor")
    assert result.exit_code == 0
    assert "note  config: no file yet" in result.stdout
    assert "note  cache: none at " in result.stdout


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (
            'token_env = "NO_SUCH_TOKEN_HERE"',
            "FAIL  acme: credential: no token: the environment variable NO_SUCH_TOKEN_HERE is not set. Set",
        ),
        ('token_command = ["false"]', "exit code 1"),
    ],
)
def test_doctor_names_the_mend(run: Run, tmp_path: Path, source: str, says: str) -> None:
    config = tmp_path / "c.toml"
    config.write_text(f'[[sources]]\nname = "acme"\nkind = "intercom"\n{source}\n')
    result = run("--config", config, "doctor")
    assert result.exit_code == 1
    assert says in result.stdout


def test_doctor_minds_a_token_that_others_can_read(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[[sources]]\nname = "acme"\nkind = "rt"\nbase_url = "http://127.0.0.1"\ntoken = "abc"\n')
    config.chmod(0o644)
    result = run("--config", config, "doctor")
    assert result.exit_code == 1
    assert f"chmod 600 {config}" in result.stdout


def test_doctor_looks_at_the_cache(run: Run, tiny: Path) -> None:
    tiny.chmod(0o644)
    result = run("--db", tiny, "doctor")
    assert f"chmod 600 {tiny}" in result.stdout
    tiny.chmod(0o600)
    assert f"ok    cache: {tiny}" in run("--db", tiny, "doctor").stdout


def test_doctor_finds_damage_that_no_query_has_met_yet(run: Run, tiny: Path) -> None:
    assert f"ok    cache: {tiny}" in run("--db", tiny, "doctor").stdout
    pages = bytearray(tiny.read_bytes())
    for start in range(len(pages) // 2, len(pages), 4096):  # the schema and what `doctor` asks for stand before
        pages[start : start + 200] = b"\xff" * 200
    tiny.write_bytes(pages)
    result = run("--db", tiny, "doctor")
    assert result.exit_code == 1
    assert f"FAIL  cache: cache {tiny} is damaged" in result.stdout
    assert "ok    cache" not in result.stdout
