"""The small resources: teammates, teams, presence, tags, contacts, office hours, the workspace itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from funnel_tui.demo import wire
from funnel_tui.demo.reply import Refusal, not_found
from funnel_tui.demo.world.calendar import CLOSE_HOUR, HOLIDAYS, OPEN_HOUR
from funnel_tui.demo.world.people import (
    AGENT,
    AGENTS,
    TEAM_NAMES,
    TEAMS,
    Agent,
    customer_email,
    customer_name,
    is_lead,
    person_of,
)
from funnel_tui.demo.world.world import World

Json = dict[str, Any]

SCHEDULE = "41"
LOGS_PAGE = 50


class People:
    def __init__(self, world: World) -> None:
        self._world = world

    def me(self) -> Json:
        return {
            "type": "admin",
            "id": "800",
            "email": "reader@example.com",
            "name": "Funnel Reader",
            "email_verified": True,
            "app": {
                "type": "app",
                "id_code": wire.WORKSPACE,
                "name": "Nimbus Demo",
                "created_at": self._world.first_day_start,
                "secure": True,
                "identity_verification": False,
                "timezone": self._world.company.calendar.zone.key,
                "region": "US",
            },
            "avatar": {"type": "avatar", "image_url": None},
            "has_inbox_seat": False,
        }

    def admins(self) -> Json:
        with self._world.now() as now:
            return {"type": "admin.list", "admins": [self._admin(agent, now) for agent in AGENTS]}

    def admin(self, identity: int) -> Json:
        if identity not in AGENT:
            raise not_found("Admin not found", "admin_not_found")
        with self._world.now() as now:
            return self._admin(AGENT[identity], now)

    def teams(self) -> Json:
        return {"type": "team.list", "teams": [_team(team.id) for team in TEAMS]}

    def team(self, identity: str) -> Json:
        return _team(_known_team(identity))

    def team_metrics(self, identity: str, query: Mapping[str, str]) -> Json:
        """Per teammate: open, idle (waiting longer than `idle_threshold` seconds) and snoozed conversations."""
        team = _known_team(identity)
        asked = query.get("idle_threshold", "1800")
        idle = min(max(int(asked), 1), 86_400) if asked.isdigit() else 1800
        counts = {agent.id: [0, 0, 0] for agent in AGENTS if team in agent.teams}
        with self._world.now() as now:
            for row in self._world.living():
                count = counts.get(row.state.admin_assignee)
                if count is None or row.state.state == "closed":
                    continue
                if row.state.state == "snoozed":
                    count[2] += 1
                    continue
                count[0] += 1
                count[1] += row.state.waiting_since is not None and now - row.state.waiting_since > idle
        return {
            "type": "team_metric.list",
            "data": [
                {"type": "team_metric", "admin_id": str(agent), "open": count[0], "idle": count[1], "snoozed": count[2]}
                for agent, count in counts.items()
            ],
        }

    def tags(self) -> Json:
        return {
            "type": "list",
            "data": [{"type": "tag", "id": number, "name": name} for name, number in wire.TAG_IDS.items()],
        }

    def contact(self, identity: str) -> Json:
        person = person_of(identity)
        if person is None:
            raise not_found("User Not Found")
        began = self._world.first_day_start
        return {
            "type": "contact",
            "id": identity,
            "external_id": None if is_lead(person) else str(person),
            "workspace_id": wire.WORKSPACE,
            "role": "lead" if is_lead(person) else "user",
            "email": customer_email(person),
            "phone": None,
            "name": customer_name(person),
            "created_at": began,
            "updated_at": began,
        }

    def activity_logs(self, query: Mapping[str, str], base_url: str) -> Json:
        """Who went away and came back, newest first, in pages."""
        since, until = query.get("created_at_after", ""), query.get("created_at_before", "")
        if not since.isdigit():
            raise Refusal(400, "parameter_invalid", "created_at_after must be a UNIX timestamp", "created_at_after")
        with self._world.now() as now:
            logs = self._presence_changes(int(since), min(int(until), now) if until.isdigit() else now)
        page = max(int(query["page"]), 1) if query.get("page", "").isdigit() else 1
        again = f"{base_url}/admins/activity_logs?created_at_after={since}&created_at_before={until}&page={page + 1}"
        more = page * LOGS_PAGE < len(logs)
        pages = {
            "type": "pages",
            "next": again if more else None,
            "page": page,
            "per_page": LOGS_PAGE,
            "total_pages": -(-len(logs) // LOGS_PAGE),
        }
        return {
            "type": "activity_log.list",
            "pages": pages,
            "activity_logs": logs[(page - 1) * LOGS_PAGE : page * LOGS_PAGE],
        }

    def schedules(self) -> Json:
        return {"type": "office_hours_schedule.list", "data": [self.schedule(SCHEDULE)]}

    def schedule(self, identity: str) -> Json:
        if identity != SCHEDULE:
            raise not_found()
        intervals = [
            {
                "start_minute": (day * 24 + OPEN_HOUR) * 60,
                "end_minute": (day * 24 + CLOSE_HOUR) * 60,
                "day_of_week": day,
            }
            for day in range(5)
        ]
        began = self._world.first_day_start
        return {
            "type": "office_hours_schedule",
            "id": SCHEDULE,
            "name": "Support hours",
            "time_zone_name": self._world.company.calendar.zone.key,
            "time_intervals": intervals,
            "twenty_four_seven": False,
            "created_at": began,
            "updated_at": began,
        }

    def exceptions(self, identity: str) -> Json:
        if identity != SCHEDULE:
            raise not_found()
        with self._world.now() as now:
            year = datetime.fromtimestamp(now, self._world.company.calendar.zone).year
        began = self._world.first_day_start
        days = [
            {
                "type": "office_hours_exception",
                "id": str(60 + index),
                "office_hours_schedule_id": SCHEDULE,
                "exception_date": f"{year}-{month:02d}-{day:02d}",
                "exception_type": "closed",
                "name": name,
                "time_intervals": None,
                "recurring_annually": True,
                "created_at": began,
                "updated_at": began,
            }
            for index, ((month, day), name) in enumerate(HOLIDAYS.items())
        ]
        return {"type": "office_hours_exception.list", "data": days}

    def _admin(self, agent: Agent, now: int) -> Json:
        away = not self._world.company.staff.present(agent, now)
        return {
            "type": "admin",
            "id": str(agent.id),
            "name": agent.name,
            "email": agent.email,
            "job_title": "Support",
            "away_mode_enabled": away,
            "away_mode_reassign": away,
            "away_status_reason_id": None,
            "has_inbox_seat": True,
            "team_ids": list(agent.teams),
            "avatar": None,
            "team_priority_level": {
                "primary_team_ids": list(agent.teams[:1]),
                "secondary_team_ids": list(agent.teams[1:]),
            },
        }

    def _presence_changes(self, since: int, until: int) -> list[Json]:
        company = self._world.company
        days = range(max(company.calendar.day(since) - 1, self._world.first_day), company.calendar.day(until) + 2)
        spans = [(agent.id, *span) for day in days for agent in AGENTS for span in company.staff.presence(agent, day)]
        came = {(start, agent) for agent, start, _ in spans}
        went = {(end, agent) for agent, _, end in spans}
        changes = sorted((change for change in came ^ went if since <= change[0] <= until), reverse=True)
        return [_presence_change(at, AGENT[agent], away=(at, agent) in went) for at, agent in changes]


def _team(team: int) -> Json:
    members = [agent.id for agent in AGENTS if team in agent.teams]
    return {
        "type": "team",
        "id": str(team),
        "name": TEAM_NAMES[team],
        "admin_ids": members,
        "admin_priority_level": {"primary_admin_ids": members, "secondary_admin_ids": []},
        "assignment_limit": None,
        "distribution_method": "round_robin",
    }


def _known_team(identity: str) -> int:
    if identity.isdigit() and int(identity) in TEAM_NAMES:
        return int(identity)
    raise not_found("Team not found", "team_not_found")


def _presence_change(at: int, agent: Agent, *, away: bool) -> Json:
    return {
        "id": f"{agent.id:08x}-0000-4000-8000-{at:012x}",
        "performed_by": {"type": "admin", "id": str(agent.id), "email": agent.email, "ip": "127.0.0.1"},
        "metadata": {"away_mode": away, "away_status_reason": None, "reassign_conversations": away},
        "created_at": at,
        "activity_type": "admin_away_mode_change",
        "activity_description": f"{agent.name} turned away mode {'on' if away else 'off'}.",
    }
