"""How a Chatwoot account writes its records: conversations, messages, people, reporting events, ratings."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tests.end_to_end.agreement import OFFICE
from tests.end_to_end.desk import ZONE
from tests.fakes.chatwoot_truth import (
    ACTIVITY,
    AGENTS,
    AWAY,
    GONE,
    INBOXES,
    INCOMING,
    OUTGOING,
    TEAMS,
    Answer,
    Message,
    Reported,
    Talk,
    latest,
)
from tests.fakes.toolkit import Clock, Hostility, World
from tests.reference.figures import office_seconds

Json = dict[str, Any]
ACCOUNT = 7


class Records(World):
    """`lean`: messages have a `sender` with a type, but no `sender_type` beside it, as older versions write them."""

    def __init__(self, clock: Clock, hostility: Hostility | None, lean: bool) -> None:
        super().__init__(clock, hostility)
        self.lean = lean

    @property
    def now(self) -> int:
        """The last second that shows."""
        return self.clock.now - self.hostility.late

    def conversation(self, talk: Talk) -> Json:
        now = self.now
        state = talk.state(now)
        shown = talk.shown(now)
        spoken = [m for m in shown if m.type != ACTIVITY]
        replies = [m.at for m in shown if m.type == OUTGOING and not m.private and m.sender and m.sender[0] == "User"]
        meta: Json = {
            "sender": self.contact(talk),
            "channel": INBOXES[talk.inbox],
            "hmac_verified": False,
        }
        if state.assignee is not None:
            meta["assignee"] = self.agent(state.assignee)
        elif self.hostility.odd:
            meta["assignee"] = None
        if state.team is not None:
            meta["team"] = {"id": self._id(state.team), "name": TEAMS[state.team]}
        changed = max([state.at, latest(talk, now)])
        return {
            "meta": meta,
            "id": self._id(talk.id),
            "account_id": ACCOUNT,
            "uuid": f"00000000-0000-4000-8000-{talk.id:012d}",
            "inbox_id": self._id(talk.inbox),
            "status": state.status,
            "labels": None if self.hostility.odd and not state.labels else list(state.labels),
            "messages": [self.message(talk, spoken[-1])] if spoken else [],
            "last_non_activity_message": self.message(talk, spoken[-1]) if spoken else None,
            "additional_attributes": self._perhaps({}, talk.id),
            "custom_attributes": self._perhaps({}, talk.id),
            "created_at": self._time(talk.created_at),
            "updated_at": changed + 0.5 if self.hostility.odd else changed,
            "timestamp": self._time(latest(talk, now)),
            "last_activity_at": self._time(latest(talk, now)),
            "first_reply_created_at": self._time(replies[0]) if replies else 0,
            "waiting_since": self._time(_waiting(shown)),
            "snoozed_until": None,
            "priority": None,
            "unread_count": 0,
            **self.hostility.extra("conversation", talk.id),
        }

    def message(self, talk: Talk, message: Message) -> Json:
        row: Json = {
            "id": self._id(message.id),
            "content": self._perhaps(message.text, message.id) if message.type != ACTIVITY else message.text,
            "inbox_id": self._id(talk.inbox),
            "conversation_id": self._id(talk.id),
            "message_type": message.type,
            "content_type": message.content_type,
            "status": message.status,
            "content_attributes": self._perhaps({}, message.id),
            "created_at": self._time(message.at),
            "private": message.private,
            "source_id": None,
            "sender": self.sender(message),
            **self.hostility.extra("message", message.id),
        }
        if not self.lean:
            row["sender_type"], row["sender_id"] = message.sender or (None, None)
            row["account_id"] = ACCOUNT
            row["updated_at"] = self._time(message.at)
        row["additional_attributes"] = {} if message.campaign is None else {"campaign_id": self._id(message.campaign)}
        return row

    def sender(self, message: Message) -> Json | None:
        if message.sender is None:
            return None
        kind, id = message.sender
        if kind == "User":
            name = AGENTS.get(id, GONE[1])
            return {"id": self._id(id), "name": name, "available_name": name, "type": "user"}
        if kind == "Contact":
            return {
                "id": self._id(id),
                "name": f"private-name-{id}",
                "email": f"private-{id}@people.example",
                "type": "contact",
            }
        kinds = {"AgentBot": "agent_bot", "Captain::Assistant": "captain_assistant"}
        return {"id": self._id(id), "name": "Helper Bot", "type": kinds[kind]}

    def contact(self, talk: Talk) -> Json:
        id = talk.contact
        return {
            "id": self._id(id),
            "name": f"private-name-{id}",
            "email": f"private-{id}@people.example",
            "phone_number": None,
            "identifier": None,
            "availability_status": "offline",
            "type": "contact",
        }

    def agent(self, id: int) -> Json:
        return {
            "id": self._id(id),
            "account_id": ACCOUNT,
            "name": AGENTS.get(id, GONE[1]),
            "available_name": AGENTS.get(id, GONE[1]),
            "email": f"private-agent-{id}@desk.example",
            "role": "administrator" if id == 1 else "agent",
            "availability_status": "offline" if id in AWAY else "online",
            "confirmed": True,
        }

    def reported(self, talk: Talk, event: Reported, id: int) -> Json:
        enabled = talk.inbox == 1
        return {
            "id": self._id(id),
            "name": event.name,
            "value": float(event.at - event.start),
            # Nought where no working hours are set, not null.
            "value_in_business_hours": office_seconds(event.start, event.at, OFFICE, ZONE) if enabled else 0.0,
            "event_start_time": iso(event.start),
            "event_end_time": iso(event.at),
            "account_id": ACCOUNT,
            "conversation_id": self._id(talk.id),
            "inbox_id": self._id(talk.inbox),
            "user_id": self._id(event.user),
            "created_at": iso(event.at),
            "updated_at": iso(event.at),
        }

    def rating(self, talk: Talk, answer: Answer) -> Json:
        return {
            "id": self._id(answer.asked.id + 40_000),
            "rating": answer.score,
            "feedback_message": None,
            "account_id": ACCOUNT,
            "message_id": self._id(answer.asked.id),
            "conversation_id": self._id(talk.id),
            "contact": self.contact(talk),
            # Where automation took the conversation away, nobody is credited.
            "assigned_agent": None if answer.assignee is None else self.agent(answer.assignee),
            "created_at": self._time(answer.at),
        }

    # --- values

    def _perhaps(self, value: Any, *key: Any) -> Any:
        """The value or, where things are odd, perhaps null."""
        return None if self.hostility.odd and self.hostility.chance("null", *key).random() < 0.3 else value

    def _id(self, value: int | None) -> Any:
        return self.hostility.number(value)

    def _time(self, at: int) -> Any:
        return self.hostility.epoch(at) if at else 0


def _waiting(shown: Sequence[Message]) -> int:
    """Since when the customer waits for anybody; 0 for not at all."""
    since = 0
    for message in sorted(shown, key=lambda message: (message.at, message.id)):
        if message.type == INCOMING:
            since = since or message.at
        elif message.type == OUTGOING and not message.private:
            since = 0
    return since


def iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
