"""From configured sources to a poller: credentials, clients, and what to say where one of them fails."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from funnel_tui.cli.outside import Outside
from funnel_tui.errors import ConfigError, UserError
from funnel_tui.model.values import Freshness
from funnel_tui.settings import SourceSettings

if TYPE_CHECKING:
    from funnel_tui.sources import Source
    from funnel_tui.sync import Poller, SyncUpdate


def open_sources(
    settings: Iterable[SourceSettings], tokens: Mapping[str, str] | None = None, *, ask: bool = True
) -> "tuple[list[Source], dict[str, str]]":
    """A client for each source, and the reasons for those that have none. Sends nothing yet.

    Without `ask` no command may ask for a passphrase: the terminal is a dashboard's.
    """
    from funnel_tui.secrets import resolve_token
    from funnel_tui.sources import SourceError, open_source

    opened: list[Source] = []
    failed: dict[str, str] = {}
    for source in settings:
        try:
            token = (tokens or {}).get(source.name) or resolve_token(source, ask=ask)
            opened.append(open_source(source, token))
        except (ConfigError, SourceError) as error:
            failed[source.name] = str(error)
    return opened, failed


def make_poller(
    outside: Outside,
    settings: Iterable[SourceSettings],
    hear: "Callable[[SyncUpdate], None]",
    *,
    tokens: Mapping[str, str] | None = None,
    ask: bool = True,
) -> "Poller":
    """A poller, not started, for the sources that can be opened; the others are heard of as failed.

    Raises UserError where none can.
    """
    from funnel_tui.sync import Poller, SyncUpdate

    wanted = list(settings)
    sources, failed = open_sources(wanted, tokens, ask=ask)
    if failed and not sources:
        raise UserError("; ".join(failed.values()))
    kinds = {source.name: source.kind for source in wanted}
    for name, message in failed.items():
        hear(SyncUpdate(name, Freshness(name, kinds[name], None, "failed", message), 0))
    return Poller(
        outside.open_store,
        sources,
        poll_seconds=outside.settings.poll_seconds,
        clock=outside.clock,
        on_update=hear,
    )
