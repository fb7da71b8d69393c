"""Where tokens come from, and that they go nowhere else."""

import sys
from types import SimpleNamespace

import pytest

from funnel_tui.errors import ConfigError
from funnel_tui.secrets import resolve_token
from funnel_tui.settings import SourceSettings


def source(**credential: object) -> SourceSettings:
    return SourceSettings(name="acme", kind="intercom", base_url="https://api.intercom.io", **credential)  # type: ignore[arg-type]


def test_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_TOKEN", " abc \n")
    assert resolve_token(source(token_env="DESK_TOKEN")) == "abc"
    monkeypatch.delenv("DESK_TOKEN")
    with pytest.raises(ConfigError, match="DESK_TOKEN is not set"):
        resolve_token(source(token_env="DESK_TOKEN"))


def test_from_a_command_the_first_line() -> None:
    command = (sys.executable, "-c", "print('abc'); print('user: me')")
    assert resolve_token(source(token_command=command)) == "abc"


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("no-such-command-here",), "was not found"),
        ((sys.executable, "-c", "raise SystemExit(3)"), "exit code 3"),
        ((sys.executable, "-c", ""), "printed nothing"),
    ],
)
def test_a_command_that_fails(command: tuple[str, ...], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        resolve_token(source(token_command=command))


def test_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    held = {("funnel-tui", "acme"): "abc"}
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=lambda *key: held.get(key)))
    assert resolve_token(source(keyring=True)) == "abc"
    held.clear()
    with pytest.raises(ConfigError, match="keyring set funnel-tui acme"):
        resolve_token(source(keyring=True))


def test_without_the_keyring_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigError, match=r"funnel-tui\[keyring\]"):
        resolve_token(source(keyring=True))


def test_a_token_in_the_file_works_and_draws_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert resolve_token(source(token="abc-secret")) == "abc-secret"
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "warning" in printed.err
    assert "abc-secret" not in printed.err


def test_a_token_with_a_line_break_is_refused_without_being_quoted() -> None:
    with pytest.raises(ConfigError) as caught:
        resolve_token(source(token="abc\ndef"))
    assert "abc" not in str(caught.value)


def test_no_credential_says_what_to_set() -> None:
    with pytest.raises(ConfigError, match="token_env, token_command, keyring"):
        resolve_token(source())
