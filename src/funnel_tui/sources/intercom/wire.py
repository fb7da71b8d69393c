"""The fields of Intercom's JSON that are read, and no others. Anything may be null or absent; the rest is skipped.

Names and e-mail addresses of customers are not read at all.
"""

from typing import Any

import msgspec
from msgspec import Struct

from funnel_tui.sources.text import Id, Number, Time


class Author(Struct, frozen=True):
    type: str | None = None
    id: Id = None
    email: str | None = None
    """Read only to know the Operator bot where it poses as a teammate; never kept."""
    from_ai_agent: bool | None = None
    is_ai_answer: bool | None = None


class Reference(Struct, frozen=True):
    type: str | None = None
    id: Id = None


class Tag(Struct, frozen=True):
    name: str | None = None


class Tags(Struct, frozen=True):
    tags: list[Tag | None] | None = None


class Contacts(Struct, frozen=True):
    contacts: list[Reference | None] | None = None


class Origin(Struct, frozen=True):
    """`source`: the message that began the conversation."""

    type: str | None = None
    delivered_as: str | None = None
    subject: str | None = None
    body: str | None = None
    author: Author | None = None


class Statistics(Struct, frozen=True):
    """Moments only: the durations beside them are office hours."""

    first_contact_reply_at: Time = None
    first_admin_reply_at: Time = None
    first_assignment_at: Time = None
    last_contact_reply_at: Time = None
    last_admin_reply_at: Time = None
    first_close_at: Time = None
    last_close_at: Time = None
    last_closed_by_id: Id = None
    count_reopens: Number = None
    count_conversation_parts: Number = None


class Rating(Struct, frozen=True):
    rating: Number = None
    created_at: Time = None
    """When it was asked for."""
    updated_at: Time = None
    teammate: Reference | None = None


class AiAgent(Struct, frozen=True):
    last_answer_type: str | None = None
    resolution_state: str | None = None
    rating: Number = None
    created_at: Time = None
    """When the rating was given; `updated_at` when it was last changed."""
    updated_at: Time = None


class Channel(Struct, frozen=True):
    initial: str | None = None


class Part(Struct, frozen=True):
    id: Id = None
    part_type: str | None = None
    created_at: Time = None
    body: str | None = None
    author: Author | None = None
    assigned_to: Reference | None = None


class Parts(Struct, frozen=True):
    conversation_parts: list[Part | None] | None = None
    total_count: Number = None


class Linked(Struct, frozen=True):
    data: list[Reference | None] | None = None


class Conversation(Struct, frozen=True):
    id: Id = None
    title: str | None = None
    created_at: Time = None
    updated_at: Time = None
    state: str | None = None
    open: bool | None = None
    admin_assignee_id: Id = None
    team_assignee_id: Id = None
    tags: Tags | None = None
    contacts: Contacts | None = None
    source: Origin | None = None
    channel: Channel | None = None
    statistics: Statistics | None = None
    conversation_rating: Rating | None = None
    ai_agent: AiAgent | None = None
    ai_agent_participated: bool | None = None
    conversation_parts: Parts | None = None
    linked_objects: Linked | None = None


class NextPage(Struct, frozen=True):
    starting_after: str | int | None = None


class Pages(Struct, frozen=True):
    next: NextPage | str | None = None
    """An object with a cursor on most lists, a URL on some."""


class RawConversations(Struct, frozen=True):
    """A page of rows left undecoded, so that one damaged row cannot take the others with it."""

    conversations: list[msgspec.Raw] | None = None
    pages: Pages | None = None
    total_count: Number = None


class Deleted(Struct, frozen=True):
    id: Id = None
    deleted_at: Time = None


class DeletedConversations(Struct, frozen=True):
    conversations: list[Deleted | None] | None = None
    pages: Pages | None = None


class Admin(Struct, frozen=True):
    type: str | None = None
    id: Id = None
    name: str | None = None
    away_mode_enabled: bool | None = None
    has_inbox_seat: bool | None = None
    team_ids: list[Id] | None = None


class Admins(Struct, frozen=True):
    admins: list[Admin | None] | None = None


class Team(Struct, frozen=True):
    id: Id = None
    name: str | None = None


class Teams(Struct, frozen=True):
    teams: list[Team | None] | None = None


class ArticleStatistics(Struct, frozen=True):
    views: Number = None
    conversations: Number = None
    conversions: Number = None
    """What the schema calls what a recorded answer calls `conversations`."""


class Article(Struct, frozen=True):
    id: Id = None
    title: str | None = None
    url: str | None = None
    state: str | None = None
    statistics: ArticleStatistics | None = None


class Articles(Struct, frozen=True):
    data: list[Article | None] | None = None
    pages: Pages | None = None


class ExportJob(Struct, frozen=True):
    job_identifier: Id = None
    status: str | None = None


class App(Struct, frozen=True):
    id_code: str | None = None
    name: str | None = None
    region: str | None = None
    timezone: str | None = None


class Me(Struct, frozen=True):
    app: App | None = None


class Anything(Struct, frozen=True):
    """For calls whose answer matters only by coming."""

    type: Any = None


decode_row = msgspec.json.Decoder(Conversation).decode
decode_rows = msgspec.json.Decoder(RawConversations).decode
decode_deleted = msgspec.json.Decoder(DeletedConversations).decode
decode_admins = msgspec.json.Decoder(Admins).decode
decode_teams = msgspec.json.Decoder(Teams).decode
decode_article = msgspec.json.Decoder(Article).decode
decode_articles = msgspec.json.Decoder(Articles).decode
decode_job = msgspec.json.Decoder(ExportJob).decode
decode_me = msgspec.json.Decoder(Me).decode
decode_anything = msgspec.json.Decoder(Anything).decode
