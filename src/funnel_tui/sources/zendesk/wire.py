"""The fields of Zendesk's JSON that are read, and no others. Anything may be null or absent; the rest is skipped.

E-mail addresses are not read at all, and names of teammates and groups only.
"""

from typing import Any

import msgspec
from msgspec import UNSET, Struct

from funnel_tui.sources.text import Id, Number, Time

Raw = msgspec.Raw


class Minutes(Struct, frozen=True):
    calendar: Number = None


class MetricSet(Struct, frozen=True):
    """What Zendesk works out of a ticket, durations in whole minutes."""

    ticket_id: Id = None
    reply_time_in_minutes: Minutes | None = None
    first_resolution_time_in_minutes: Minutes | None = None
    full_resolution_time_in_minutes: Minutes | None = None
    replies: Number = None
    reopens: Number = None
    assigned_at: Time = None
    solved_at: Time = None
    status_updated_at: Time = None
    requester_updated_at: Time = None


class Ticket(Struct, frozen=True):
    id: Id = None
    status: str | None = None
    subject: str | None = None
    description: str | None = None
    via: Any = None
    requester_id: Id = None
    submitter_id: Id = None
    assignee_id: Id = None
    group_id: Id = None
    is_public: bool | None = None
    tags: list[Any] | None = None
    satisfaction_rating: Any = None
    """An object; a bare word from some versions."""
    metric_set: MetricSet | None = None
    created_at: Time = None
    updated_at: Time = None
    generated_timestamp: Time = None
    """Of any change, system updates included: what the export goes by."""


class Tickets(Struct, frozen=True):
    """A page of rows left undecoded, so that one damaged row cannot take the others with it."""

    tickets: list[Raw] | None = None
    metric_sets: list[Raw] | None = None
    """Where they come beside the tickets instead of in them."""
    after_cursor: str | int | None = None
    end_of_stream: bool | None = None


class OneTicket(Struct, frozen=True):
    ticket: Ticket | None = None


class Child(Struct, frozen=True):
    """One change within an update. The export names the changed field (`status: solved`), audits say which one it is
    (`field_name: status, value: solved`)."""

    id: Any = None
    type: Any = None
    event_type: Any = None
    field_name: Any = None
    value: Any = None
    previous_value: Any = None
    via: Any = None
    status: Any = UNSET
    assignee_id: Any = UNSET
    group_id: Any = UNSET
    satisfaction_score: Any = UNSET
    tags: Any = UNSET
    added_tags: Any = None
    requester_id: Any = None
    author_id: Any = None
    public: Any = None
    comment_public: Any = None
    """All that the export tells of a comment whose text was not asked for."""
    body: Any = None
    plain_body: Any = None
    html_body: Any = None
    score: Any = None


class Audit(Struct, frozen=True):
    """One update of a ticket: `ticket_event` in the export, `audit` of one ticket."""

    id: Id = None
    ticket_id: Id = None
    created_at: Time = None
    timestamp: Time = None
    author_id: Id = None
    updater_id: Id = None
    via: Any = None
    events: list[Child | None] | None = None
    child_events: list[Child | None] | None = None


class Meta(Struct, frozen=True):
    has_more: bool | None = None
    after_cursor: str | int | None = None


class Listing(Struct, frozen=True):
    """Any list, by whichever of Zendesk's three ways of paging."""

    audits: list[Raw] | None = None
    ticket_events: list[Raw] | None = None
    users: list[Raw] | None = None
    groups: list[Raw] | None = None
    satisfaction_ratings: list[Raw] | None = None
    survey_responses: list[Raw] | None = None
    articles: list[Raw] | None = None
    meta: Meta | None = None
    next_page: str | None = None
    end_time: Time = None
    end_of_stream: bool | None = None

    @property
    def rows(self) -> list[Raw]:
        """Of whichever list it is."""
        lists = (self.audits, self.users, self.groups, self.satisfaction_ratings, self.survey_responses)
        return next((rows for rows in lists if rows), [])


class User(Struct, frozen=True):
    id: Id = None
    name: str | None = None
    role: str | None = None
    active: bool | None = None
    suspended: bool | None = None
    default_group_id: Id = None


class Users(Struct, frozen=True):
    """A page of their export."""

    users: list[Raw] | None = None
    after_cursor: str | int | None = None
    end_of_stream: bool | None = None


class Me(Struct, frozen=True):
    user: User | None = None


class Group(Struct, frozen=True):
    id: Id = None
    name: str | None = None


class Rating(Struct, frozen=True):
    id: Id = None
    ticket_id: Id = None
    score: str | None = None
    created_at: Time = None
    updated_at: Time = None


class Subject(Struct, frozen=True):
    id: Id = None
    type: str | None = None
    zrn: str | None = None


class Option(Struct, frozen=True):
    rating: Number = None


class Question(Struct, frozen=True):
    options: list[Option | None] | None = None


class Answer(Struct, frozen=True):
    type: str | None = None
    rating: Number = None
    rating_category: str | None = None
    question: Question | None = None
    created_at: Time = None
    updated_at: Time = None


class Survey(Struct, frozen=True):
    id: Id = None
    subjects: list[Subject | None] | None = None
    answers: list[Answer | None] | None = None
    created_at: Time = None


class Article(Struct, frozen=True):
    id: Id = None
    title: str | None = None
    html_url: str | None = None


class Features(Struct, frozen=True):
    customer_satisfaction: bool | None = None


class Settings(Struct, frozen=True):
    active_features: Features | None = None


class Account(Struct, frozen=True):
    settings: Settings | None = None


decode_tickets = msgspec.json.Decoder(Tickets).decode
decode_ticket = msgspec.json.Decoder(Ticket).decode
decode_one_ticket = msgspec.json.Decoder(OneTicket).decode
decode_metric_set = msgspec.json.Decoder(MetricSet).decode
decode_listing = msgspec.json.Decoder(Listing).decode
decode_audit = msgspec.json.Decoder(Audit).decode
decode_user = msgspec.json.Decoder(User).decode
decode_users = msgspec.json.Decoder(Users).decode
decode_me = msgspec.json.Decoder(Me).decode
decode_group = msgspec.json.Decoder(Group).decode
decode_rating = msgspec.json.Decoder(Rating).decode
decode_survey = msgspec.json.Decoder(Survey).decode
decode_article = msgspec.json.Decoder(Article).decode
decode_account = msgspec.json.Decoder(Account).decode
