"""Which kinds of source there are, installed ones included."""

from importlib.metadata import EntryPoint

import pytest

from funnel_tui.settings import SOURCE_KINDS, SourceSettings
from funnel_tui.sources import InsecureURL, Source, UnknownKind, known_kinds, open_source, registry


def settings(kind: str, base_url: str = "https://api.intercom.io") -> SourceSettings:
    return SourceSettings(name="acme", kind=kind, base_url=base_url)


def test_built_in() -> None:
    source = open_source(settings("intercom"), "t")
    assert (source.name, source.kind, source.since) == ("acme", "intercom", None)
    assert [spec.name for spec in source.streams() if spec.essential] == ["conversations"]
    assert known_kinds() == ("chatwoot", "guru", "intercom", "matrix", "rt", "slack", "zendesk")


def test_an_unknown_kind_names_what_there_is() -> None:
    with pytest.raises(UnknownKind, match=r"acme: kind 'intercon' is unknown; there are: .*intercom.*Correct `kind`"):
        open_source(settings("intercon"), "t")


def test_plain_http_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(InsecureURL, match="allow_http"):
        open_source(settings("intercom", "http://api.intercom.io"), "t")


def _installed(given: SourceSettings, token: str) -> Source:
    return open_source(settings("intercom", given.base_url), token)


def test_a_package_may_add_one(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("forum", f"{__name__}:_installed", SOURCE_KINDS)
    points = [point]
    monkeypatch.setattr(
        registry, "entry_points", lambda group, name=None: [p for p in points if name in (None, p.name)]
    )
    assert open_source(settings("forum"), "t").kind == "intercom"
    assert "forum" in known_kinds()
