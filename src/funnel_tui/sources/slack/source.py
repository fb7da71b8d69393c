"""Slack as a `Source`: every channel named in the configuration is a stream, so that one that cannot be read is told
by its name while the others go on, and one that is added later gets its past."""

from collections.abc import Sequence

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.base import HttpFactory, HttpSource
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.protocol import Identity, Remark
from funnel_tui.sources.slack import doctor
from funnel_tui.sources.slack.abilities import ABILITIES, of_channels
from funnel_tui.sources.slack.channel import ChannelStream
from funnel_tui.sources.slack.client import SlackClient
from funnel_tui.sources.slack.directory import Directory, canonical


class SlackSource(HttpSource):
    kind = "slack"
    abilities = ABILITIES

    def __init__(self, settings: SourceSettings, token: str, http: HttpFactory = HttpClient) -> None:
        """`http` makes the client; tests pass one with a transport and a clock of their own."""
        self._client = SlackClient(settings, token, http)
        names = list(dict.fromkeys(map(canonical, settings.channels)))
        directory = Directory(self._client, names)
        self._channels = [ChannelStream(self._client, directory, name, settings.revisit_days) for name in names]
        super().__init__(settings, self._client.http, self._channels)
        if names:
            self.abilities = of_channels(names)  # type: ignore[misc]

    async def identify(self) -> Identity:
        return await self._client.identify()

    async def examine(self) -> Sequence[Remark]:
        return await doctor.examine(self._client.hearing, self._channels)
