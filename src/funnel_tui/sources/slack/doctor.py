"""What `doctor` says of a Slack workspace beyond that the token works."""

from collections.abc import Sequence

from funnel_tui.sources.errors import SourceError
from funnel_tui.sources.protocol import Remark
from funnel_tui.sources.slack.channel import SLOW_LINE, ChannelStream
from funnel_tui.sources.slack.directory import Channel
from funnel_tui.sources.slack.hearing import Hearing

NEEDED = ("channels:read", "groups:read", "channels:history", "groups:history", "users:read")
_PRIVATE = frozenset({"groups:read", "groups:history"})
"""Only for private channels."""


async def examine(hearing: Hearing, streams: Sequence[ChannelStream]) -> tuple[Remark, ...]:
    """Scopes, each channel, and how much Slack gives at once."""
    looked = [await _look(stream) for stream in streams]
    return (_scopes(hearing, all(remark.good for remark in looked)), *looked, _pace(hearing))


async def _look(stream: ChannelStream) -> Remark:
    name = stream.spec.name
    try:
        channel: Channel = await stream.glance()
    except SourceError as error:
        return Remark(False, name, str(error))
    return Remark(True, name, f"readable, a {'private' if channel.private else 'public'} channel")


def _scopes(hearing: Hearing, readable: bool) -> Remark:
    """`readable`: all channels are."""
    if hearing.scopes is None:
        return Remark(None, "scopes", f"Slack did not tell which the token has; needed: {' '.join(NEEDED)}")
    missing = [scope for scope in NEEDED if scope not in hearing.scopes]
    if not missing:
        return Remark(True, "scopes", "the token has all that are needed")
    if readable and _PRIVATE.issuperset(missing):
        return Remark(None, "scopes", f"the token lacks {' '.join(missing)}, which only private channels need")
    mend = "Add them under OAuth & Permissions in the app's settings and install it again."
    return Remark(False, "scopes", f"the token lacks {' '.join(missing)}. {mend}")


def _pace(hearing: Hearing) -> Remark:
    if hearing.slow:
        return Remark(None, "pace", SLOW_LINE)
    says = "messages come in pages of the usual size" if hearing.heard else "not known before a channel can be read"
    return Remark(True if hearing.heard else None, "pace", says)
