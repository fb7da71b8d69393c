"""A Matrix homeserver as a `Source`: the rooms in which a team asks its own questions."""

from collections.abc import Sequence

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.base import HttpFactory, HttpSource
from funnel_tui.sources.errors import AuthError, BadBody, ForbiddenError, NotFound
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.matrix.abilities import ABILITIES
from funnel_tui.sources.matrix.client import MatrixClient
from funnel_tui.sources.matrix.feed import Messages
from funnel_tui.sources.matrix.rooms import Rooms
from funnel_tui.sources.protocol import Identity, Remark

_HIDING = frozenset({"joined", "invited"})


class MatrixSource(HttpSource):
    kind = "matrix"
    abilities = ABILITIES

    def __init__(self, settings: SourceSettings, token: str, http: HttpFactory = HttpClient) -> None:
        self._client = client = MatrixClient(settings, token, http)
        self._rooms = Rooms(client, settings.channels)
        super().__init__(settings, client.http, (Messages(client, self._rooms, settings.since),))

    async def identify(self) -> Identity:
        try:
            user = await self._client.whoami()
        except (AuthError, ForbiddenError) as error:
            error.mend = "Log the account in anew and take its new access token (Element: All settings, Help & About)."
            raise
        except (NotFound, BadBody) as error:
            error.mend = (
                f"No homeserver answers at {self.http.base_url}. Its address stands in "
                "https://your-domain/.well-known/matrix/client, under m.homeserver."
            )
            raise
        return Identity(workspace=user.partition(":")[2] or None, name=user or None)

    async def examine(self) -> Sequence[Remark]:
        """A line for each channel."""
        directory = await self._rooms.directory()
        remarks = [Remark(False, missing.channel, f"{missing}.") for missing in directory.missing]
        for room in directory.rooms.values():
            if room.encrypted:
                says = "encrypted: what is said there cannot be read. Ask in a room without encryption."
                remarks.append(Remark(False, room.channel, says))
            elif room.successor is not None:
                says = f"replaced by the room {room.successor}. Join that one with the account."
                remarks.append(Remark(False, room.channel, says))
            elif room.visible in _HIDING:
                says = "read since the account came: what was said before is hidden from it (history visibility)."
                remarks.append(Remark(None, room.channel, says))
            else:
                remarks.append(Remark(True, room.channel, f"read ({room.id})."))
        return remarks
