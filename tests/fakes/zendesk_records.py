"""How a Zendesk account writes its records: tickets and their metric sets, events, audits, comments, users, ratings."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tests.end_to_end.agreement import OFFICE
from tests.end_to_end.desk import ZONE
from tests.fakes.toolkit import Clock, Hostility, World
from tests.fakes.zendesk_truth import SYSTEM, Account, Audit, Change, Rating, Ticket, User
from tests.reference.figures import office_seconds

Json = dict[str, Any]


class Records(World):
    """`ratings`: which of the two systems is active, `scores` or `surveys`."""

    def __init__(self, account: Account, clock: Clock, hostility: Hostility | None, ratings: str) -> None:
        super().__init__(clock, hostility)
        self.account = account
        self.ratings = ratings

    def past(self, ticket: Ticket) -> list[Audit]:
        return [audit for audit in ticket.audits if audit.at <= self.clock.now]

    def ticket(self, ticket: Ticket, sets: bool) -> Json:
        now = self.clock.now
        state, deleted = ticket.state(now), ticket.gone(now)
        rating = next((r for r in ticket.ratings if r.asked_at <= now), None)
        given = rating.standing(now) if rating else None
        score = "unoffered" if rating is None else "offered" if given is None else "good" if given.good else "bad"
        row = {
            "id": self._id(ticket.id),
            "url": f"https://acme.zendesk.com/api/v2/tickets/{ticket.id}.json",
            "status": "deleted" if deleted else state["status"],
            "subject": ticket.subject,
            "raw_subject": ticket.subject,
            "description": "" if deleted else "words",
            "via": self._perhaps({"channel": ticket.channel, "source": {"from": {}, "to": {}, "rel": None}}, ticket.id),
            "requester_id": self._id(ticket.requester),
            "submitter_id": self._id(ticket.audits[0].author),
            "assignee_id": self._id(state["assignee_id"]),
            "group_id": self._id(state["group_id"]),
            "tags": self._list(state["tags"]),
            "satisfaction_rating": {"score": score} if self.ratings == "scores" else None,
            "created_at": self._time(ticket.created_at),
            "updated_at": self._time(ticket.deleted_at if deleted else ticket.updated_at(now)),
            "generated_timestamp": self.hostility.epoch(ticket.generated(now), ticket.id),
            "custom_status_id": 7,
            "is_public": True,
            **self.hostility.extra("ticket", ticket.id),
        }
        if sets:
            row["metric_set"] = self.metric_set(ticket)
        return row

    def metric_set(self, ticket: Ticket) -> Json:
        now = self.clock.now
        past = self.past(ticket)
        staff = {user.id for user in self.account.users.values() if user.teammate}
        public = [a for a in past if a.comment is not None and a.comment.public]
        replies = [a for a in public if a.comment is not None and a.comment.author in staff]
        first = replies[1:] if public and public[0] in replies else replies
        moves = [(a.at, c) for a in past for c in a.changes if c.field == "status"]
        solved = [at for at, c in moves if c.after in ("solved", "closed") and c.before not in ("solved", "closed")]
        back = [c for _, c in moves if c.before == "solved" and c.after not in ("solved", "closed")]

        def minutes(at: int | None) -> Json:
            if at is None:
                return {"calendar": None, "business": None}
            office = office_seconds(ticket.created_at, at, OFFICE, ZONE)
            return {"calendar": (at - ticket.created_at) // 60, "business": office // 60}

        def stations(name: str) -> int:
            return len({c.after for a in past for c in a.changes if c.field == name and c.after is not None})

        return {
            "id": self._id(500_000 + ticket.id),
            "ticket_id": self._id(ticket.id),
            "replies": len(replies),
            "reopens": len(back),
            "assignee_stations": stations("assignee_id"),
            "group_stations": stations("group_id"),
            "reply_time_in_minutes": minutes(first[0].at if first else None),
            "first_resolution_time_in_minutes": minutes(solved[0] if solved else None),
            "full_resolution_time_in_minutes": minutes(solved[-1] if solved else None),
            "requester_wait_time_in_minutes": minutes(None),
            "assigned_at": self._time(
                max((a.at for a in past for c in a.changes if c.field == "assignee_id"), default=None)
            ),
            "solved_at": self._time(solved[-1] if solved else None),
            "created_at": self._time(ticket.created_at),
            "updated_at": self._time(ticket.updated_at(now)),
        }

    def event(self, ticket: Ticket, audit: Audit, said: bool) -> Json:
        children: list[Json] = []
        comment = audit.comment
        if comment is not None and said:
            children.append({**self.comment(audit), "audit_id": self._id(audit.id), "event_type": "Comment"})
        elif comment is not None:
            flags = {"comment_present": True, "comment_public": comment.public}
            children.append({"id": comment.id, "event_type": "Comment", "via": "Mail", **flags})
        if audit is ticket.audits[0]:
            made: Json = {"subject": ticket.subject, "requester_id": self._id(ticket.requester), "priority": None}
            rows = enumerate(made.items(), 1)
            children += [{"id": audit.id + n, "event_type": "Create", name: value} for n, (name, value) in rows]
            kind = "Create"
        else:
            kind = "Change"
        children += [self.child(change, kind) for change in audit.changes]
        if self.hostility.odd:
            children.append({"id": audit.id + 4, "event_type": "TotallyNewEvent", "via": None, "what": [None]})
        return {
            "id": self._id(audit.id),
            "ticket_id": self._id(ticket.id),
            "timestamp": self.hostility.epoch(audit.at, audit.id),
            "created_at": self._time(audit.at),
            "updater_id": self._id(audit.author),
            "via": "Web form",
            "system": self._perhaps({}, audit.id),
            "metadata": self._perhaps({}, audit.id),
            "event_type": "Audit",
            "child_events": self.hostility.rows(children, audit.id) if self.hostility.disorder else children,
            **self.hostility.extra("event", audit.id),
        }

    def child(self, change: Change, kind: str) -> Json:
        row: Json = {"id": self._id(change.id), "via": "Web form", "via_reference_id": None, "event_type": kind}
        if change.field == "tags":
            before, after = set(change.before or ()), set(change.after or ())
            row |= {"tags": sorted(after), "added_tags": sorted(after - before), "removed_tags": sorted(before - after)}
            return row
        value = self._value(change.field, change.after)
        row[change.field] = value
        if kind == "Change":
            row["previous_value"] = self._value(change.field, change.before)
        return row

    def audit(self, ticket: Ticket, audit: Audit) -> Json:
        events: list[Json] = []
        if audit.comment is not None:
            events.append(self.comment(audit))
        first = audit is ticket.audits[0]
        for change in audit.changes:
            value, before = (self._audit_value(change.field, v) for v in (change.after, change.before))
            row = {"id": change.id, "type": "Create" if first else "Change", "field_name": change.field, "value": value}
            events.append(row if first else {**row, "previous_value": before})
        return {
            "id": self._id(audit.id),
            "ticket_id": self._id(ticket.id),
            "created_at": self._time(audit.at),
            "author_id": self._id(audit.author),
            "metadata": {"system": {}, "custom": {}},
            "via": {"channel": "web"},
            "events": events,
        }

    def comment(self, audit: Audit) -> Json:
        comment = audit.comment
        assert comment is not None
        return {
            "id": self._id(comment.id),
            "type": "Comment",
            "author_id": self._id(comment.author),
            "body": comment.text,
            "html_body": f'<div class="zd-comment"><p>{comment.text}</p></div>',
            "plain_body": comment.text,
            "public": comment.public,
            "attachments": self._list(()),
            "audit_id": self._id(audit.id),
            "created_at": self._time(audit.at),
            "via": {"channel": "email", "source": {"from": {}, "to": {}, "rel": None}},
            "via_reference_id": None,
        }

    def user(self, user: User) -> Json:
        return {
            "id": self._id(user.id),
            "name": user.name,
            "email": f"private-{user.id}@people.example",
            "role": user.role,
            "active": user.active,
            "suspended": False,
            "default_group_id": None,
            "created_at": self._time(user.updated_at or self.clock.now - 90 * 86_400),
            "updated_at": self._time(user.updated_at or self.clock.now - 90 * 86_400),
            **self.hostility.extra("user", user.id),
        }

    def rating(self, ticket: Ticket, rating: Rating) -> Json:
        given = rating.standing(self.clock.now)
        return {
            "id": self._id(rating.id),
            "ticket_id": self._id(ticket.id),
            "requester_id": self._id(ticket.requester),
            "assignee_id": self._id(rating.assignee),
            "group_id": self._id(rating.group),
            "score": "offered" if given is None else "good" if given.good else "bad",
            "comment": None,
            "created_at": self._time(rating.asked_at),
            "updated_at": self._time(given.at if given else rating.asked_at),
        }

    def survey(self, ticket: Ticket, rating: Rating) -> Json:
        given = [score for score in rating.scores if score.at <= self.clock.now]
        question = {
            "id": "01Q",
            "type": "rating_scale_numeric",
            "alias": "customer_satisfaction_rating",
            "options": [{"rating": n, "label": {"type": "static", "value": str(n)}} for n in range(1, 6)],
        }
        times = {"created_at": self._time(given[0].at), "updated_at": self._time(given[-1].at)}
        last = given[-1]
        return {
            "id": f"01SURVEY{rating.id}",
            "responder_id": self._id(ticket.requester),
            "expires_at": self._time(last.at + 28 * 86_400),
            "subject_zrns": [f"zen:ticket:{ticket.id}"],
            "subjects": [{"id": str(ticket.id), "type": "ticket", "zrn": f"zen:ticket:{ticket.id}"}],
            "survey": {"id": "01S", "version": 1, "state": "enabled"},
            "answers": [
                {"type": "skipped", "question": {"id": "02Q", "type": "open_ended", "alias": "comment"}, **times},
                {
                    "type": "rating_scale",
                    "question": question,
                    "rating": last.value,
                    "rating_category": "good" if last.good else "bad",
                    **times,
                },
            ],
        }

    # --- values

    def _perhaps(self, value: Any, *key: Any) -> Any:
        """The value or, where things are odd, perhaps null."""
        return None if self.hostility.odd and self.hostility.chance("null", *key).random() < 0.3 else value

    def _list(self, values: Sequence[Any]) -> Any:
        """A list, null instead of an empty one where things are odd."""
        return None if self.hostility.odd and not values else list(values)

    def _id(self, value: int | None) -> Any:
        return value if value == SYSTEM else self.hostility.number(value)

    def _time(self, at: int | None) -> Any:
        if at is None:
            return None
        text = iso(at)
        if not self.hostility.odd:
            return text
        return self.hostility.chance("iso", at).choice(
            (text, text.replace("Z", "+00:00"), text.replace("Z", ".250Z"), at)
        )

    def _value(self, name: str, value: Any) -> Any:
        return self._id(value) if name.endswith("_id") else value

    def _audit_value(self, name: str, value: Any) -> Any:
        """Audits write ids as text."""
        if name == "tags":
            return list(value or ())
        return str(value) if name.endswith("_id") and value is not None else value


def iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
