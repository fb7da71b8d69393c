"""Which kinds of source exist: the built-in ones and those that installed packages add.

A package adds one with an entry point in the group `funnel_tui.sources`, named like the kind, that loads to a callable
`(SourceSettings, token) -> Source`.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points

from funnel_tui.settings import SOURCE_KINDS, SourceSettings
from funnel_tui.sources.errors import SourceError
from funnel_tui.sources.protocol import Source

SourceFactory = Callable[[SourceSettings, str], Source]


class UnknownKind(SourceError):
    """The configuration names a kind of source that nothing here can read."""

    exit_code = 2
    mend = "Correct `kind` in the configuration, or install the package that adds it."


_BUILT_IN = {
    "chatwoot": "chatwoot.source:ChatwootSource",
    "guru": "guru.source:GuruSource",
    "intercom": "intercom.source:IntercomSource",
    "matrix": "matrix.source:MatrixSource",
    "rt": "rt.source:RtSource",
    "slack": "slack.source:SlackSource",
    "zendesk": "zendesk.source:ZendeskSource",
}
"""Kind -> module and class below this package. Imported when it is needed: the HTTP client costs a tenth of a second
that `status` must not pay."""


def known_kinds() -> tuple[str, ...]:
    """Every kind that `open_source` takes, sorted."""
    return tuple(sorted({*_BUILT_IN, *(point.name for point in entry_points(group=SOURCE_KINDS))}))


def open_source(settings: SourceSettings, token: str) -> Source:
    """The source that `settings` describe; nothing is sent yet. Raises `UnknownKind` or `InsecureURL`."""
    factory = _built_in(settings.kind) or _installed(settings.kind)
    if factory is None:
        raise UnknownKind(settings.name, f"kind {settings.kind!r} is unknown; there are: {', '.join(known_kinds())}")
    return factory(settings, token)


def _built_in(kind: str) -> SourceFactory | None:
    place = _BUILT_IN.get(kind)
    if place is None:
        return None
    module, _, name = place.partition(":")
    factory: SourceFactory = getattr(import_module(f"funnel_tui.sources.{module}"), name)
    return factory


def _installed(kind: str) -> SourceFactory | None:
    for point in entry_points(group=SOURCE_KINDS, name=kind):
        factory: SourceFactory = point.load()
        return factory
    return None
