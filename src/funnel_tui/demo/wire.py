"""How a conversation of the demo's world looks on the wire: Intercom's JSON, API version 2.16.

The world keeps one list of dated entries per conversation; everything below is folded from those entries up to the
demo clock, so that fields and parts cannot disagree. Unassigned is ``0``, all times are UTC epoch seconds, ids are
strings.

The conversation
----------------
==========================  ========================================================================================
field                       meaning here
==========================  ========================================================================================
``created_at``, ``source``  the first public message: ``source.author.type`` ``user``/``lead`` (``delivered_as``
                            ``customer_initiated``), ``bot`` (``operator_initiated``: a greeting before the customer's
                            first words) or ``admin`` (``admin_initiated``: a teammate wrote first; ``automated`` and
                            ``campaigns_initiated``: a Series or legacy campaign message signed by a teammate, which
                            the customer answered): outbound. ``source.url`` is the page, an article's address where
                            the customer wrote from an article
``state``, ``open``         ``open``, ``snoozed`` (``snoozed_until`` set), ``closed``; ``open`` is false when closed
``waiting_since``           start of the wait that runs: the first customer message that nobody answered, or the
                            hand-off where none ran; null after an admin's reply, a bot's answer or a close
``statistics``              null until there is a customer message; members null until they happen. Counted from
                            ``first_contact_reply_at``. ``time_to_*`` and ``median_time_to_reply`` hold office hours,
                            ``handling_time`` runs by the clock. ``last_closed_by_id``: the closing admin's id, or
                            the bot's. ``count_reopens``: every open of a closed conversation, by whomever.
                            ``count_conversation_parts`` = ``conversation_parts.total_count``
``conversation_rating``     null until asked for; ``created_at`` asked, ``rating`` null until given, ``updated_at`` last
                            given, ``teammate`` the rated admin or null where automation had unassigned
                            (no part speaks of ratings; the conversation's ``updated_at`` moves)
``ai_agent``                null without Fin. ``resolution_state``: null while undecided, ``confirmed_resolution`` the
                            moment the customer said so, ``assumed_resolution`` after 24 h of silence, ``escalated``,
                            ``negative_feedback`` and ``procedure_handoff`` at the hand-off. ``rating`` is the bot's own
``tags.tags[]``             with ``applied_at`` (no part)
deleted                     404 by id, absent from lists, listed by ``/conversations/deleted``
spam                        Intercom has no such state: an admin closes it unanswered with the tag ``spam``
==========================  ========================================================================================

The parts
---------
====================================  ======================================  ======================================
``part_type``, author                 what happened                           canonical event(s)
====================================  ======================================  ======================================
``source``, by author                 first message                           ``customer_message`` (user, lead),
                                                                              ``agent_reply`` (admin),
                                                                              ``auto_reply`` (bot)
``comment`` by user or lead           customer wrote; wakes a snooze          ``customer_message``
``quick_reply`` by user or lead       pressed a button; body is its label     ``customer_message``
``comment``, ``from_ai_agent`` and    Fin answered. ``author.type`` is        ``bot_answer``
``is_ai_answer``                      ``bot``, now and then ``admin`` (!)
``comment``, ``from_ai_agent`` only   Fin asked back, or said good-bye        ``auto_reply``
``comment`` by bot, neither           Operator (workflow): "we are back at    ``auto_reply``
                                      nine"
``comment`` by admin, no AI flags     a teammate replied                      ``agent_reply``
``note`` by admin                     internal                                ``note``
``assignment`` by ``from_ai_agent``,  Fin hands the customer to the team      ``bot_handoff``, ``team_assigned``
``assigned_to.type`` ``team``
``assignment``, to ``team``           a workflow or teammate routes           ``team_assigned``
``assignment``, to ``admin``          a person takes it or is given it        ``assigned`` (with a body by an admin:
                                                                              an ``agent_reply`` as well)
``away_mode_assignment``, to          the assignee went away                  ``assigned``; ``unassigned`` where
``admin`` or null                                                             ``assigned_to`` is null
``assignment``, ``assigned_to`` null  back to nobody                          ``unassigned``
``assign_and_reopen`` by admin        teammate opens a closed one and takes   ``reopened``, ``assigned``
                                      or gives it
``close`` by admin                    a teammate closed (a body is a last     ``closed`` by agent (body:
                                      reply)                                  ``agent_reply`` before it)
``close`` by ``from_ai_agent``        Fin closed on confirmation; the part    ``closed`` by bot, ``confirmed`` true
                                      before it is the customer's
                                      ``quick_reply`` or ``comment``
``close`` by bot, not AI              a workflow closed after silence         ``closed`` by system
``open`` by user or lead, with body   customer wrote to a closed one          ``reopened``, ``customer_message``
``open`` by admin                     teammate opened it, nobody wrote        ``reopened``
``snoozed`` by admin                  put off; ``snoozed_until`` is current   ``snoozed``
``unsnoozed``, ``timer_unsnooze``     by a teammate, by the clock             ``unsnoozed``
``merged_secondary_conversation``     this one was merged away (closed with   ``merged_into`` the conversation in
                                      it)                                     ``linked_objects.data[]``
``merged_primary_conversation``       another one was merged into this one    none
``conversation_attribute_updated_by_  noise                                   none
workflow``, ``..._by_admin``
====================================  ======================================  ======================================

A hand-off that nobody spoke of exists too: an admin's ``comment`` after Fin's answer, no ``assignment`` by Fin before
it; ``resolution_state`` stays null then. Part ids grow with time inside a conversation; several parts may share a
second, and then stand in the order in which they happened.
"""

from html import escape
from typing import Any

from funnel_tui.demo.world.calendar import Calendar
from funnel_tui.demo.world.fold import Snapshot
from funnel_tui.demo.world.people import AGENT, TEAM_NAMES, contact_id, customer_email, customer_name, is_lead
from funnel_tui.demo.world.script import FIN, OPERATOR, Entry, Script
from funnel_tui.demo.world.topics import BY_KEY, HELP_CENTER

Json = dict[str, Any]

WORKSPACE = "demo1234"
MAX_PARTS = 500
"""`GET /conversations/{id}` gives the most recent 500 parts."""

TAG_IDS = {name: str(9100 + index) for index, name in enumerate((*sorted(BY_KEY), "vip", "spam"))}

_AI_KINDS = frozenset({"answer", "botsay", "handoff"})


def summary(script: Script, state: Snapshot) -> Json:
    """A row of a list or a search: everything but the parts."""
    opened = state.opened_by
    assert opened is not None  # only conversations that have begun are rendered
    person = script.person
    return {
        "type": "conversation",
        "id": str(script.id),
        "title": script.subject or None,
        "created_at": state.created_at,
        "updated_at": state.updated_at,
        "waiting_since": state.waiting_since,
        "snoozed_until": state.snoozed_until,
        "open": state.state != "closed",
        "state": state.state,
        "read": state.replied_last is not None,
        "priority": "high" if any(name == "vip" for name, _, _ in state.tags) else "none",
        "admin_assignee_id": state.admin_assignee,
        "team_assignee_id": state.team_assignee,
        "tags": {"type": "tag.list", "tags": [_tag(*tag) for tag in state.tags]},
        "conversation_rating": _rating(person, state),
        "source": {
            "type": "email" if script.channel == "email" else "conversation",
            "id": str(script.id * 7 % 4_000_000_007),
            "delivered_as": script.delivered_as,
            "subject": _html(script.subject),
            "body": _html(opened.text),
            "author": _source_author(script, opened),
            "attachments": [],
            "url": script.url,
            "redacted": False,
        },
        "contacts": {"type": "contact.list", "contacts": [_contact(person)]},
        "teammates": {
            "type": "admin.list",
            "teammates": [{"type": "admin", "id": str(who)} for who in state.teammates],
        },
        "custom_attributes": {},
        "first_contact_reply": _first_contact(script, state),
        "sla_applied": None,
        "statistics": statistics(state),
        "linked_objects": {
            "type": "list",
            "total_count": len(state.linked),
            "has_more": False,
            "data": [{"type": "conversation", "id": str(other), "category": None} for other in state.linked],
        },
        "ai_agent_participated": state.ai_participated,
        "ai_agent": _ai_agent(script, state),
        "channel": {"initial": script.channel, "current": script.channel},
    }


def full(script: Script, seen: int, calendar: Calendar, *, plain: bool = False) -> Json:
    """One conversation with its parts; `plain`: bodies and subject without HTML."""
    state = Snapshot(calendar)
    parts: list[Json] = []
    for index, entry in enumerate(script.entries[:seen]):
        part_type = state.step(entry)
        if part_type is not None:
            parts.append(_part(script, index, entry, part_type, state.state, plain))
    result = summary(script, state)
    if plain and state.opened_by is not None:
        result["source"]["subject"], result["source"]["body"] = script.subject, state.opened_by.text or ""
    result["conversation_parts"] = {
        "type": "conversation_part.list",
        "conversation_parts": parts[-MAX_PARTS:],
        "total_count": len(parts),
    }
    return result


def admin_author(agent: int) -> Json:
    known = AGENT[agent]
    return {"type": "admin", "id": str(agent), "name": known.name, "email": known.email}


def _part(script: Script, index: int, entry: Entry, part_type: str, state: str, plain: bool) -> Json:
    body = entry.text if part_type in _WITH_BODY and entry.kind != "handoff" else None
    return {
        "type": "conversation_part",
        "id": str(script.id * 100 + index),
        "part_type": part_type,
        "body": body if plain or body is None else _html(body),
        "created_at": entry.at,
        "updated_at": entry.at,
        "notified_at": entry.at,
        "assigned_to": _assigned_to(entry),
        "author": _author(script, index, entry),
        "attachments": [],
        "external_id": None,
        "redacted": False,
        "email_message_metadata": None,
        "metadata": {"quick_reply_uuid": _uuid(script.id, index)} if entry.kind == "button" else {},
        "state": state,
        "tags": [],
        "event_details": _details(script, entry),
        "app_package_code": None,
    }


_WITH_BODY = frozenset({"comment", "quick_reply", "note", "open", "close", "assignment"})


def _author(script: Script, index: int, entry: Entry) -> Json:
    if entry.who in AGENT:
        return admin_author(entry.who) | {"from_ai_agent": False, "is_ai_answer": False}
    if entry.who == FIN:
        # Now and then the AI agent signs as an admin, as in Intercom's own examples.
        kind = "admin" if entry.kind in _AI_KINDS and (script.id + index) % 8 == 0 else "bot"
        return _bot(kind, FIN, "Fin") | {"from_ai_agent": True, "is_ai_answer": entry.kind == "answer"}
    if entry.who == OPERATOR:
        return _bot("bot", OPERATOR, "Operator") | {"from_ai_agent": False, "is_ai_answer": False}
    return _customer(script.person) | {"from_ai_agent": False, "is_ai_answer": False}


def _source_author(script: Script, opened: Entry) -> Json:
    if opened.who in AGENT:
        return admin_author(opened.who)
    return _bot("bot", OPERATOR, "Operator") if opened.who == OPERATOR else _customer(script.person)


def _bot(kind: str, identity: int, name: str) -> Json:
    return {"type": kind, "id": str(identity), "name": name, "email": f"operator+{WORKSPACE}@example.com"}


def _customer(person: int) -> Json:
    kind = "lead" if is_lead(person) else "user"
    return {"type": kind, "id": contact_id(person), "name": customer_name(person), "email": customer_email(person)}


def _contact(person: int) -> Json:
    return {"type": "contact", "id": contact_id(person), "external_id": None if is_lead(person) else str(person)}


def _assigned_to(entry: Entry) -> Json | None:
    if not entry.to or entry.kind not in ("handoff", "team", "assign", "away_assign", "reopen"):
        return None
    return {"type": "team" if entry.kind in ("handoff", "team") else "admin", "id": str(entry.to)}


def _details(script: Script, entry: Entry) -> Json | None:
    if entry.kind != "attribute":
        return None
    return {"workflow": {"name": "Triage"}, "attribute": {"name": entry.text}, "value": {"name": script.topic}}


def _first_contact(script: Script, state: Snapshot) -> Json | None:
    if state.contact_first is None:
        return None
    return {"created_at": state.contact_first, "type": "conversation", "url": script.url}


def _tag(name: str, at: int, by: int) -> Json:
    return {
        "type": "tag",
        "id": TAG_IDS[name],
        "name": name,
        "applied_at": at,
        "applied_by": {"type": "admin" if by in AGENT else "bot", "id": str(by)},
    }


def _rating(person: int, state: Snapshot) -> Json | None:
    if state.rating_asked is None:
        return None
    return {
        "rating": state.rating,
        "remark": "",
        "created_at": state.rating_asked,
        "updated_at": state.rated_at or state.rating_asked,
        "contact": _contact(person),
        "teammate": {"type": "admin", "id": str(state.rated_agent)} if state.rated_agent else None,
    }


def _ai_agent(script: Script, state: Snapshot) -> Json | None:
    if not state.ai_participated:
        return None
    article = BY_KEY[script.topic]
    sources = [
        {"content_type": "article", "url": f"{HELP_CENTER}/{article.article}", "title": article.title, "locale": "en"}
    ]
    return {
        "source_type": "workflow",
        "source_title": "First line",
        "last_answer_type": "ai_answer" if state.ai_answered else None,
        "resolution_state": state.ai_state,
        "rating": state.ai_rating,
        "rating_remark": None,
        "created_at": state.ai_rated_at,
        "updated_at": state.ai_rated_at,
        "content_sources": {
            "type": "content_source.list",
            "total_count": int(state.ai_answered),
            "content_sources": sources if state.ai_answered else [],
        },
    }


def statistics(state: Snapshot) -> Json | None:
    first = state.contact_first
    if first is None:
        return None
    office = state.calendar.office_seconds
    closed, assigned = state.closed_last, state.assigned_first
    handling = closed - assigned if closed is not None and assigned is not None and closed >= assigned else None
    return {
        "type": "conversation_statistics",
        "time_to_assignment": state.time_to_assignment,
        "time_to_admin_reply": None if state.replied_first is None else office(first, state.replied_first),
        "time_to_first_close": None if state.closed_first is None else office(first, state.closed_first),
        "time_to_last_close": None if closed is None else office(first, closed),
        "median_time_to_reply": _median(state.waits),
        "first_contact_reply_at": first,
        "first_assignment_at": assigned,
        "first_admin_reply_at": state.replied_first,
        "first_close_at": state.closed_first,
        "last_assignment_at": state.assigned_last,
        "last_assignment_admin_reply_at": state.assigned_reply,
        "last_contact_reply_at": state.contact_last,
        "last_admin_reply_at": state.replied_last,
        "last_close_at": closed,
        "last_closed_by_id": None if state.closed_by is None else str(state.closed_by),
        "count_reopens": state.reopens,
        "count_assignments": state.assignments,
        "count_conversation_parts": state.parts,
        "assigned_team_first_response_time": [
            {"team_id": team, "team_name": TEAM_NAMES[team], "response_time": seconds}
            for team, seconds, _ in state.team_replies
        ],
        "assigned_team_first_response_time_in_office_hours": [
            {"team_id": team, "team_name": TEAM_NAMES[team], "response_time": seconds}
            for team, _, seconds in state.team_replies
        ],
        "handling_time": handling,
        "adjusted_handling_time": None if handling is None else min(handling, 3600),
    }


def _median(values: list[int]) -> int | None:
    if not values:
        return None
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) // 2


def _html(text: str | None) -> str:
    return f"<p>{escape(text, quote=False)}</p>" if text else ""


def _uuid(number: int, index: int) -> str:
    digits = f"{number * 6364136223846793005 % 2**64:016x}{index * 1442695040888963407 % 2**64:016x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
