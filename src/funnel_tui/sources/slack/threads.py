"""Threads as they are now, some at a time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from funnel_tui.model.records import ChatThread
from funnel_tui.sources.errors import BadBody, ForbiddenError, NotFound, ServerError, SourceError
from funnel_tui.sources.slack import wire
from funnel_tui.sources.slack.client import SlackClient, says
from funnel_tui.sources.slack.directory import Channel
from funnel_tui.sources.slack.messages import Rewriter

BATCH = 10
"""Threads read at a time; one where each takes a minute, and until it has shown that it does not."""

HIDDEN_AFTER = 89 * 86_400
"""Plans that hide history hide what is older; it is not deleted."""


@dataclass(frozen=True, slots=True)
class View:
    """What one pass over a channel works with."""

    channel: Channel
    rewriter: Rewriter
    people: str | None
    """Why it is not known who is a bot."""


class Threads:
    def __init__(self, client: SlackClient, stream: str) -> None:
        self.hides_older = False
        """The plan keeps old messages from everybody."""
        self._client = client
        self._stream = stream

    @property
    def batch(self) -> int:
        return BATCH if self._client.hearing.free else 1

    async def whole(self, view: View, roots: Sequence[str]) -> list[ChatThread | None]:
        """Each with all replies, without messages where it is gone; None where it cannot be had this time."""
        results = await asyncio.gather(*(self._one(view, root) for root in roots), return_exceptions=True)
        found: list[ChatThread | None] = []
        for result in results:
            if isinstance(result, BaseException):
                raise result
            found.append(result)
        return found

    async def _one(self, view: View, root: str) -> ChatThread | None:
        try:
            found = await self._client.replies(self._stream, view.channel.id, root)
        except (ForbiddenError, NotFound) as error:
            if isinstance(error, ForbiddenError) or says(error, "channel_not_found"):
                raise mended(error, self._stream) from None
            return None if self._hidden(root) else view.rewriter.gone(root)
        except (ServerError, BadBody):
            return None
        if not found.messages:
            return None if self._hidden(root) or not found.whole else view.rewriter.gone(root)
        return view.rewriter.thread(root, found.messages, whole=found.whole)

    def _hidden(self, root: str) -> bool:
        return self.hides_older and wire.second(root) < self._client.http.server_now() - HIDDEN_AFTER


def mended(error: SourceError, named: str) -> SourceError:
    """`error` of a channel with what helps against it."""
    if says(error, "not_in_channel") or says(error, "channel_not_found"):
        error.mend = f"Invite the bot: write /invite and its name in {named}."
    elif says(error, "missing_scope"):
        error.mend = "Give the app that scope and install it again."
    return error
