"""A ticket's updates as events: a walk in their order that knows how the ticket stood before each."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from funnel_tui.model.records import Event, Kind
from funnel_tui.sources.text import plain
from funnel_tui.sources.zendesk import wire
from funnel_tui.sources.zendesk.changes import (
    Changed,
    Via,
    at,
    changed,
    children,
    identity,
    in_order,
    kind,
    tags_of,
    ticket_named_in,
    updater,
    via,
    word,
)

GOOD_OR_BAD = (0.0, 1.0)
DONE = frozenset({"solved", "closed"})
"""`solved` is the close; that Zendesk seals it some days later changes nothing."""
ASLEEP = frozenset({"pending", "hold", "on-hold", "on_hold", "onhold"})
MERGED = "closed_by_merge"
"""The tag that Zendesk puts on what it closed by a merge; follow-ups inherit it."""

_COMMENTS = frozenset({"comment", "voicecomment", "facebookcomment", "tweet", "facebookevent"})
_CALLED_IN = frozenset({"inbound", "voicemail"})


class Roles:
    """Who is who in one ticket."""

    def __init__(self, requester: str | None, staff: Container[str], *, listed: bool) -> None:
        """`listed`: somebody whom `staff` does not name is none of them."""
        self._requester = requester
        self._staff = staff
        self._listed = listed

    def teammate(self, author: str) -> bool:
        return author in self._staff or (not self._listed and author != self._requester)


def at_work(audits: Iterable[wire.Audit]) -> set[str]:
    """Those who did what only teammates can, whether they still are or not: assignees, writers of notes, whoever hands
    a ticket on or puts it to sleep. Of a customer's own ticket he is to be left out."""
    return {id for audit in audits for id in _at_work(audit)}


def _at_work(audit: wire.Audit) -> Iterable[str]:
    """Not who wrote at the same time: what Zendesk itself changes when a customer writes stands under his name. But
    nothing puts a ticket to sleep because a customer wrote."""
    who, from_audit = updater(audit), via(audit.via)
    said, handed_on = False, False
    for child in children(audit):
        how = via(child.via, from_audit)
        if kind(child) in _COMMENTS and not how.by_rule:
            said = said or child.public is not False
            author = identity(child.author_id) or who
            # A customer's answer by e-mail from an address that Zendesk does not know is made private, too.
            if child.public is False and author is not None and how.channel not in ("email", "mail"):
                yield author
        for change in changed(child, from_audit):
            if change.field == "assignee_id" and (assignee := identity(change.value)) is not None:
                yield assignee
            by_hand = not change.creation and not change.via.by_rule
            handed_on = handed_on or (by_hand and change.field in ("assignee_id", "group_id"))
            if by_hand and who is not None and change.field == "status" and word(change.value) in ASLEEP:
                yield who
    if handed_on and not said and who is not None:
        yield who


def authors(audits: Iterable[wire.Audit]) -> set[str]:
    """Whoever's role will be asked for."""
    found: set[str] = set()
    for audit in audits:
        found.update(filter(None, (updater(audit), *(identity(child.author_id) for child in children(audit)))))
    return found


def owner_in(audits: Iterable[wire.Audit]) -> str | None:
    """Whose ticket it is, where its creation, or the change of it, is among these and says so."""
    owner: str | None = None
    for audit in in_order(audits):
        for child in children(audit):
            named = child.value if word(child.field_name) == "requester_id" else child.requester_id
            owner = identity(named) or owner
    return owner


def events(id: str, requester: str | None, audits: Iterable[wire.Audit], roles: Roles) -> list[Event]:
    """What these updates of ticket `id` did. They may be all, or those of some span of time."""
    walk = _Walk(id, requester, roles)
    for audit in in_order(audits):
        when = at(audit)
        if when is not None:
            walk.step(audit, when)
    return walk.events


def begins(audits: Sequence[wire.Audit], created: int) -> bool:
    """Whether the ticket's creation is among these."""
    return any(
        (when := at(audit)) is not None
        and (when <= created or any(kind(child).startswith("create") for child in children(audit)))
        for audit in audits
    )


class _Walk:
    def __init__(self, id: str, requester: str | None, roles: Roles) -> None:
        self.events: list[Event] = []
        self._id = id
        self._requester = requester
        self._roles = roles
        self._status = ""
        self._before_deletion = ""
        self._assignee: str | None = None
        self._group: str | None = None

    def step(self, audit: wire.Audit, when: int) -> None:
        """One update. Of a field that rules moved on at once only the outcome counts: all has the same second."""
        who, from_audit = updater(audit), via(audit.via)
        merged = False
        words: list[str | None] = []
        target: str | None = None
        outcome: dict[str, Changed] = {}
        for child in children(audit):
            how, name = via(child.via, from_audit), kind(child)
            if how.rel == "merge":
                merged, target = True, target or how.to
            if name in _COMMENTS:
                words.append(self._comment(child, when, how, who))
            elif name.startswith("surveyoffer"):
                self._add(Kind.RATING_REQUESTED, when)
            elif name.startswith("satisfactionrating"):
                self.events += rating(self._id, child.score, when)
            elif "spam" in name:
                self._add(Kind.SPAM, when, actor=who)
            for change in changed(child, from_audit):
                if change.field == "tags":
                    added = tags_of(child.added_tags) or tags_of(change.value) - tags_of(change.before)
                    merged = merged or (MERGED in added and not change.creation)
                else:
                    first = outcome.get(change.field)
                    outcome[change.field] = replace(change, before=first.before) if first is not None else change
        for change in outcome.values():
            self._set(change, when, None if change.via.by_rule else who)
        if merged and "status" in outcome and word(outcome["status"].value) in DONE:
            target = target or next(filter(None, map(ticket_named_in, words)), None)
            self._add(Kind.MERGED_INTO, when, actor=who, to=target if target != self._id else None)

    def _comment(self, child: wire.Child, when: int, how: Via, who: str | None) -> str | None:
        """Write down who said it to whom; gives the words."""
        author = identity(child.author_id) or who
        private = child.public is False or (child.public is None and child.comment_public is False)
        text = plain(next((body for body in (child.body, child.plain_body, child.html_body) if _is_text(body)), None))
        if how.rel in _CALLED_IN and not private and self._requester is not None:
            author = self._requester  # whoever took the call signs it
        if private:
            sort = Kind.NOTE
        elif how.by_rule or how.rel == "merge" or author is None:
            sort = Kind.AUTO_REPLY
        else:
            sort = Kind.AGENT_REPLY if self._roles.teammate(author) else Kind.CUSTOMER_MESSAGE
        self._add(sort, when, actor=author, text=text, source_id=identity(child.id))
        return text

    def _set(self, change: Changed, when: int, actor: str | None) -> None:
        """A field has another value. `actor` is None where a rule gave it."""
        to = identity(change.value)
        if change.field == "status":
            self._turn(change, when, actor)
        elif change.field == "satisfaction_score":
            self.events += rating(self._id, change.value, when)
        elif change.field == "assignee_id":
            if to != (self._assignee or identity(change.before)):
                self._add(Kind.ASSIGNED if to else Kind.UNASSIGNED, when, actor=actor, to=to, source_id=change.id)
            self._assignee = to
        elif change.field == "group_id":
            if to != (self._group or identity(change.before)):
                self._add(Kind.TEAM_ASSIGNED, when, actor=actor, team=to, source_id=change.id)
            self._group = to

    def _turn(self, change: Changed, when: int, actor: str | None) -> None:
        """Another status."""
        new = word(change.value)
        old = self._status or word(change.before)
        self._status = new or old
        if not new or new == old:
            return
        if new == "deleted":
            self._before_deletion = old
            self._add(Kind.DELETED, when, actor=actor, source_id=change.id)
            return
        if old == "deleted":
            self._add(Kind.RESTORED, when, actor=actor, source_id=change.id)
            old = self._before_deletion
        if new in DONE:
            if old not in DONE:
                self._add(Kind.CLOSED, when, actor=actor, by=self._closer(actor), source_id=change.id)
            return
        if old in DONE:
            self._add(Kind.REOPENED, when, actor=actor, source_id=change.id)
        if new in ASLEEP and old not in ASLEEP:
            self._add(Kind.SNOOZED, when, actor=actor, source_id=change.id)
        elif old in ASLEEP and new not in ASLEEP:
            self._add(Kind.UNSNOOZED, when, actor=actor, source_id=change.id)

    def _closer(self, actor: str | None) -> str:
        if actor is None:
            return "system"
        return "agent" if self._roles.teammate(actor) else "customer"

    def _add(
        self,
        sort: Kind,
        when: int,
        *,
        actor: str | None = None,
        text: str | None = None,
        to: str | None = None,
        team: str | None = None,
        by: str | None = None,
        source_id: str | None = None,
    ) -> None:
        self.events.append(
            Event(
                conversation=self._id,
                at=when,
                kind=sort,
                actor=actor,
                text=text,
                to=to,
                team=team,
                by=by,
                source_id=source_id,
            )
        )


def rating(id: str, score: object, when: int) -> list[Event]:
    """`offered`, `good`, `bad`, the latter with `_with_comment` and the like; no source id, so that a ticket read
    again replaces it (those of the ratings stream have one)."""
    name = word(score)
    if name.startswith(("good", "bad")):
        worth = 1.0 if name.startswith("good") else 0.0
        return [Event(conversation=id, at=when, kind=Kind.RATED, score=worth, scale=GOOD_OR_BAD)]
    return [Event(conversation=id, at=when, kind=Kind.RATING_REQUESTED)] if name == "offered" else []


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
