"""How a conversation of the demo's world looks on the wire: Intercom's JSON, API version 2.16.

The world keeps one list of dated entries per conversation; everything below is folded from those entries up to the
demo clock, so that fields and parts cannot disagree. Unassigned is ``0``, all times are UTC epoch seconds, ids are strings.

The conversation
----------------
==========================  ========================================================================================
field                       meaning here
==========================  ========================================================================================
``created_at``, ``source``  the first public message: ``source.author.type`` ``user``/``lead`` (``delivered_as``
                            ``customer_initiated``), ``admin`` (``admin_initiated``: a teammate wrote first),
                            ``bot`` (``operator_initiated``: a greeting before the customer's first words) or ``admin``
                            with ``automated``/``campaigns_initiated`` (a Series or legacy campaign message that the
                            customer answered; the named admin did not write it by hand). ``source.url`` is the page,
                            an article's address where the customer wrote from an article
``state``, ``open``         ``open``, ``snoozed`` (``snoozed_until`` set), ``closed``. ``open`` is true for open and snoozed
``waiting_since``           start of the wait that runs: the first customer message that nobody answered, or the hand-off
                            where none ran; null after an admin's reply, a bot's answer or a close
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
                                                                              ``agent_reply`` (admin_initiated),
                                                                              ``auto_reply`` (all else)
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

A hand-off that nobody spoke of exists too: an admin's ``comment`` after Fin's answer, no ``assignment`` before it;
``resolution_state`` stays null then. Part ids grow with time inside a conversation; several parts may share a second, and
then stand in the order in which they happened.
"""
