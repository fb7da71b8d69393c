"""What campaigns sent -> receipts, as far as a message's delivery status tells. Its moments are the message's own."""

from collections.abc import Sequence

from funnel_tui.model.records import Event, Kind, Outbound
from funnel_tui.sources.chatwoot import wire
from funnel_tui.sources.text import ident, moment

_STATES = ("sent", "delivered", "read", "failed")
_ARRIVED = frozenset({"delivered", "read"})


def receipts(
    sent: Sequence[tuple[str, wire.Message]], public: Sequence[Event], person: str | None, channel: str | None
) -> list[Outbound]:
    """`sent`: campaign and message, in order; `public`: all that was said in the conversation."""
    found = []
    moments = [moment(message.created_at) or 0 for _, message in sent]
    for position, (campaign, message) in enumerate(sent):
        id, at = ident(message.id), moments[position]
        if id is None:
            continue
        until = moments[position + 1] if position + 1 < len(sent) else None
        answer = next(
            (
                event.at
                for event in public
                if event.kind is Kind.CUSTOMER_MESSAGE and event.at >= at and (until is None or event.at < until)
            ),
            None,
        )
        state = _state(message)
        changed = max(at, moment(message.updated_at) or at)
        found.append(
            Outbound(
                id=id,
                campaign=campaign,
                channel=channel,
                person=person,
                delivered_at=at if state in _ARRIVED or (answer is not None and state != "failed") else None,
                opened_at=changed if state == "read" else None,
                replied_at=answer,
                bounced_at=changed if state == "failed" else None,
            )
        )
    return found


def _state(message: wire.Message) -> str:
    state = message.status
    if isinstance(state, int) or (isinstance(state, str) and state.isdigit()):
        return _STATES[int(state)] if 0 <= int(state) < len(_STATES) else ""
    return (state or "").lower()
