"""Reading the configuration: what is taken, and what a refusal says."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from funnel_tui import config_file
from funnel_tui.errors import ConfigError
from funnel_tui.settings import SourceSettings
from funnel_tui.toml_lines import key_lines

ROOT = Path(__file__).parents[2]

SOURCE = '[[sources]]\nname = "acme"\nkind = "intercom"\n'


def refusal(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        config_file.parse(text, Path("c.toml"))
    return caught.value


def test_example_file_is_valid_and_shows_every_option() -> None:
    path = ROOT / "config" / "funnel-tui.example.toml"
    settings = config_file.load(path)
    assert settings.path == path
    assert [source.kind for source in settings.sources] == list(config_file.KINDS)
    assert settings.office_hours is not None
    assert settings.office_hours.days == frozenset(range(5))
    assert (settings.office_hours.start_minute, settings.office_hours.end_minute) == (540, 1020)
    assert date(2026, 12, 25) in settings.office_hours.holidays
    assert settings.targets["chat"].within == 60
    assert settings.notify["pager"].command == ("/usr/local/bin/page", "--queue", "support")
    text = path.read_text(encoding="utf-8")
    options = set(SourceSettings.__dataclass_fields__) - {"options", "revisit_days"}
    for option in (*options, "poll_seconds", "reopen_window_days", "article_rate", "below"):
        assert option in text, option


def test_every_benchmark_has_a_source_and_a_year() -> None:
    data = tomllib.loads((ROOT / "config" / "benchmarks.toml").read_text(encoding="utf-8"))
    assert len(data["benchmark"]) >= 10
    for row in data["benchmark"]:
        assert {"id", "value", "unit", "label", "source", "year"} <= row.keys()
        assert (row["source"] == "not traced") == (row["year"] == 0), row["id"]


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    settings = config_file.load(None)
    assert settings.path is None
    assert settings.sources == ()
    assert settings.zone.key == "Asia/Kolkata"


@pytest.mark.parametrize(
    ("tz", "zone"),
    [
        (":Europe/Dublin", "Europe/Dublin"),
        ("/usr/share/zoneinfo/America/New_York", "America/New_York"),
    ],
)
def test_system_zone_reads_what_the_environment_says(tz: str, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", tz)
    assert config_file.system_zone().key == zone


def test_defaults_of_a_source() -> None:
    (source,) = config_file.parse(SOURCE).sources
    assert source.base_url == "https://api.intercom.io"
    assert source.since is None
    assert source.token is None


def test_account_id_may_be_a_number_or_text() -> None:
    for written in ("7", '"7"'):
        text = f'[[sources]]\nname = "a"\nkind = "chatwoot"\nbase_url = "https://c.example"\naccount_id = {written}\n'
        assert config_file.parse(text).sources[0].account_id == "7"


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        ("pol_seconds = 3\n", 1, "pol_seconds", "did you mean 'poll_seconds'"),
        ("\n# note\npoll_seconds = true\n", 3, "poll_seconds", "whole number from 1 to 86,400, not true"),
        ("poll_seconds = 0\n", 1, "poll_seconds", "must be from 1 to 86,400"),
        ('timezone = "Europe/Dublim"\n', 1, "timezone", "did you mean 'Europe/Dublin'"),
        ('article_rate = "both"\n', 1, "article_rate", "allowed: viewers, views"),
        (SOURCE + 'since = "2026-02-30"\n', 4, "sources[0].since", 'as "2026-01-31"'),
        (SOURCE + 'base_url = "http://helpdesk.example"\n', 4, "sources[0].base_url", "unless allow_http = true"),
        (SOURCE + 'base_url = "ftp://helpdesk.example"\n', 4, "sources[0].base_url", "must be a URL"),
        (SOURCE + 'base_url = "https://u:p@helpdesk.example"\n', 4, "sources[0].base_url", "user or a password"),
        (SOURCE + 'email = "a@b.example"\n', 4, "sources[0].email", "is for kind = 'zendesk'"),
        (SOURCE + 'token_env = "A"\nkeyring = true\n', 5, "sources[0].keyring", "token_env is set as well"),
        (SOURCE + "\n" + SOURCE, 6, "sources[1].name", "taken by another source"),
        ('[[sources]]\nname = "import"\nkind = "intercom"\n', 2, "sources[0].name", "imported files"),
        ('[[sources]]\nname = "x"\nkind = "intercomm"\n', 3, "sources[0].kind", "did you mean 'intercom'"),
        ('[[sources]]\nkind = "intercom"\n', 1, "sources[0]", "needs 'name'"),
        ('[office_hours]\ndays = ["mon", "tues"]\n', 2, "office_hours.days", "did you mean 'tue'"),
        ('[office_hours]\ndays = ["mon"]\nstart = "9"\n', 3, "office_hours.start", "time of day"),
        ('[office_hours]\ndays = ["mon"]\nstart = "17:00"\nend = "09:00"\n', 4, "office_hours.end", "later than start"),
        ("[targets]\nchat = { within = 60, share = 45 }\n", 2, "targets.chat.share", "from 0 to 1"),
        ('[[alerts]]\nname = "a"\nmetric = "queue.waiting"\n', 1, "alerts[0]", "'above' or 'below'"),
        ('[[alerts]]\nname = "a"\nmetric = "m"\nabove = 1\nnotify = ["opps"]\n', 5, "alerts[0].notify", "not known"),
        ('[notify.ops]\nwebhook = "http://h.example/x"\n', 2, "notify.ops.webhook", "use https"),
        ('[notify]\nbell = { command = ["x"] }\n', 2, "notify.bell", "built in"),
        ('[savings]\ncurrency = "dollars"\n', 2, "savings.currency", "three-letter"),
        ("timezone = \n", 1, None, "not valid TOML"),
        ("sources = 3\n", 1, "sources", "[[sources]]"),
        ("[savings]\ncost_per_contact = nan\n", 2, "savings.cost_per_contact", "must be a number"),
    ],
)
def test_a_refusal_names_file_line_key_and_what_is_allowed(text: str, line: int, key: str | None, says: str) -> None:
    error = refusal(text)
    assert error.line == line
    assert error.key == key
    assert says in str(error)
    assert str(error).startswith(f"c.toml:{line}: ")


def test_a_token_is_never_in_a_message() -> None:
    error = refusal(SOURCE + "token = 123456789\n")
    assert "123456789" not in str(error)
    settings = config_file.parse(SOURCE + 'token = "hush-hush"\n')
    assert "hush-hush" not in repr(settings)


def test_alert_metrics_are_checked_where_the_ids_are_known() -> None:
    text = '[[alerts]]\nname = "a"\nmetric = "queue.waitin"\nabove = 1\n'
    with pytest.raises(ConfigError, match=r"did you mean 'queue\.waiting'"):
        config_file.parse(text, metric_ids=lambda: ["queue.waiting", "queue.open"])


def test_plain_http_is_taken_on_loopback_and_where_it_is_allowed() -> None:
    for line in ('base_url = "http://127.0.0.1:8080/"', 'base_url = "http://desk.example"\nallow_http = true'):
        assert config_file.parse(SOURCE + line).sources[0].base_url.startswith("http://")


def test_a_missing_file_that_was_asked_for_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="config init"):
        config_file.load(tmp_path / "none.toml")


def test_lines_of_keys_in_many_forms() -> None:
    text = (
        'a = 1\nb.c = [\n  1,\n  2,\n]\n\n[[t]]\nx = """\n[not] = a table\n"""\n[t.sub]\ny = 1\n[[t]]\nx = { z = 1 }\n'
    )
    assert key_lines(text) == {
        ("a",): 1,
        ("b",): 2,
        ("b", "c"): 2,
        ("t", 0): 7,
        ("t", 0, "x"): 8,
        ("t", 0, "sub"): 11,
        ("t", 0, "sub", "y"): 12,
        ("t", 1): 13,
        ("t", 1, "x"): 14,
        ("t", 1, "x", "z"): 14,
    }
