"""A small Request Tracker behind `httpx.MockTransport`. SQLite answers its queries, which are nearly SQL."""

import json
import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Any
from urllib.parse import unquote

import httpx

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.rt.source import RtSource

NOW = 1_800_000_000
BASE = "https://rt.example.com"
TOKEN = "1-14-Qx7Zr"
HOUR = 3_600
ROOT, ANNA, CAROL = 14, 40, 50

Json = dict[str, Any]


def stamp(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Tracker:
    """Tickets 1, 2, ... in the queue Support (3); anna (40) is staff, carol (50) a customer."""

    def __init__(self) -> None:
        self.now = float(NOW)
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.names = {1: "RT_System", 6: "Nobody", ROOT: "root", ANNA: "anna", CAROL: "carol@example.com"}
        self.staff = {ROOT, ANNA}
        self.queues = {3: "Support", 4: "Billing"}
        self.sees_all = True
        self.hidden: set[int] = set()
        """Transactions that are taken out of a page after it was cut, where the account does not see all."""
        self.expands = True
        """`fields[Creator]=id` makes ids numeric."""
        self.zone = 0
        """Seconds by which the account's clock is ahead of UTC."""
        self.words: dict[int, str] = {}
        self.refused: dict[str, int] = {}
        """Path -> status, for as long as it stands here."""
        self.before: Callable[[str], None] = lambda path: None
        """Called before an answer is made: things happen while pages are read."""
        self._db = sqlite3.connect(":memory:")
        self._db.row_factory = sqlite3.Row
        self._db.execute(
            "CREATE TABLE tickets (id INTEGER PRIMARY KEY, Subject, Status, Created, LastUpdated, Owner, Queue,"
            " Requestor, Creator, Type, EffectiveId)"
        )
        self._db.execute(
            "CREATE TABLE transactions (id INTEGER PRIMARY KEY, ObjectType, ObjectId, Type, Field, OldValue, NewValue,"
            " Created, Creator)"
        )

    # --- what happens there

    def ticket(self, id: int, at: int, *, creator: int = CAROL, requestor: int | None = CAROL, **more: Any) -> int:
        """A new one; the number of its first transaction."""
        row = {"Subject": f"Ticket {id}", "Status": "new", "Owner": 6, "Queue": 3, "Type": "ticket", **more}
        columns = {"id": id, "Created": at, "Requestor": requestor, "Creator": creator, "EffectiveId": id, **row}
        self._insert("tickets", columns | {"LastUpdated": at})
        return self.happens(id, at, creator, "Create")

    def happens(
        self,
        ticket: int,
        at: int,
        who: int,
        type: str,
        field: str = "",
        old: Any = "",
        new: Any = "",
        *,
        number: int = 0,
    ) -> int:
        columns = {"ObjectType": "RT::Ticket", "ObjectId": ticket, "Type": type, "Field": field, "OldValue": old}
        row = {**columns, "NewValue": new, "Created": at, "Creator": who}
        number = self._insert("transactions", row | ({"id": number} if number else {}))
        self._db.execute("UPDATE tickets SET LastUpdated = max(LastUpdated, ?) WHERE id = ?", (at, ticket))
        return number

    def status(self, ticket: int, at: int, who: int, old: str, new: str) -> int:
        self.change(ticket, Status=new)
        return self.happens(ticket, at, who, "Status", "Status", old, new)

    def change(self, ticket: int, **columns: Any) -> None:
        for name, value in columns.items():
            self._db.execute(f"UPDATE tickets SET {name} = ? WHERE id = ?", (value, ticket))

    def forget(self, ticket: int) -> None:
        """As if it had never been: what an administrator can do."""
        self._db.execute("DELETE FROM tickets WHERE id = ?", (ticket,))
        self._db.execute("DELETE FROM transactions WHERE ObjectId = ?", (ticket,))

    def _insert(self, table: str, row: Json) -> int:
        marks = ", ".join("?" * len(row))
        done = self._db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
        return int(done.lastrowid or 0)

    # --- what it answers

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = unquote(request.url.path).removeprefix("/REST/2.0")
        params = dict(request.url.params)
        self.asked.append((request.method, path, params))
        self.before(path)
        date = {"Date": format_datetime(datetime.fromtimestamp(self.now, UTC), usegmt=True)}
        if request.headers["Authorization"] not in (f"token {TOKEN}", "Basic cm9vdDoxLTE0LVF4N1py"):
            return httpx.Response(401, json={"message": "Unauthorized"}, headers=date)
        if path in self.refused:
            return httpx.Response(self.refused[path], json={"message": "No"}, headers=date)
        status, body = self._respond(path, params, request.content)
        return httpx.Response(status, json=body, headers=date)

    def _respond(self, path: str, params: dict[str, str], content: bytes) -> tuple[int, Any]:
        parts = path.strip("/").split("/")
        if path == "/rt":
            return 200, {"Version": "5.0.3"}
        if path == "/tickets":
            return 200, self._page(self._tickets(params), params, self._ticket)
        if path == "/transactions":
            return 200, self._page(self._transactions(params), params, self._transaction)
        if path == "/attachments":
            asked = {int(limit["value"]) for limit in json.loads(content) if limit["field"] == "TransactionId"}
            found = [{"TransactionId": str(id), "Content": self.words[id]} for id in sorted(asked & self.words.keys())]
            return 200, self._page(found, params, lambda row, _: row)
        if path == "/queues/all":
            named = [{"id": str(id), "Name": name} for id, name in self.queues.items()]
            return 200, self._page(named, params, lambda row, _: row)
        if parts[0] == "user":
            id = next((id for id, name in self.names.items() if parts[1] in (str(id), name)), None)
            if id is None:
                return 404, {"message": "Not Found"}
            link = [{"ref": "self", "type": "user", "id": id}]
            return 200, {"Name": self.names[id], "Privileged": int(id in self.staff), "_hyperlinks": link}
        if parts[0] == "ticket" and parts[2:] == ["history"]:
            rows = self._db.execute(
                "SELECT * FROM transactions WHERE ObjectId = ? ORDER BY id", (int(parts[1]),)
            ).fetchall()
            return 200, self._page(rows, params, self._transaction)
        if parts[0] == "ticket":
            row = self._db.execute("SELECT * FROM tickets WHERE id = ?", (parts[1],)).fetchone()
            if row is None:
                return 404, {"message": "Not Found"}
            if row["EffectiveId"] != row["id"]:
                row = self._db.execute("SELECT * FROM tickets WHERE id = ?", (row["EffectiveId"],)).fetchone()
            return 200, {**self._ticket(row, params), "id": row["id"]}
        return 404, {"message": "Not Found"}

    def _tickets(self, params: dict[str, str]) -> list[sqlite3.Row]:
        query = params["query"]
        there = "Status != 'deleted' AND EffectiveId = id AND Type = 'ticket'"
        shifted = f"datetime(LastUpdated + {self.zone}, 'unixepoch')"
        for id, name in self.queues.items():
            query = re.sub(f"Queue = '({name}|{id})'", f"Queue = {id}", query, flags=re.IGNORECASE)
        query = query.replace("LastUpdated", shifted)
        query = query.replace("Status = '__Inactive__'", "Status IN ('resolved', 'rejected', 'done')")
        return self._db.execute(f"SELECT * FROM tickets WHERE {there} AND ({query}) {_order(params)}").fetchall()

    def _transactions(self, params: dict[str, str]) -> list[sqlite3.Row]:
        return self._db.execute(f"SELECT * FROM transactions WHERE {params['query']} {_order(params)}").fetchall()

    def _page(self, rows: list[Any], params: dict[str, str], shape: Callable[[Any, dict[str, str]], Json]) -> Json:
        size = min(100, int(params.get("per_page", 20)))
        start = (int(params.get("page", 1)) - 1) * size
        cut = rows[start : start + size]
        if not self.sees_all and cut and isinstance(cut[0], sqlite3.Row) and "ObjectId" in cut[0].keys():  # noqa: SIM118
            shown = [shape(row, params) for row in cut if row["id"] not in self.hidden]
            return {"items": shown, "count": len(shown), "total": None, "pages": None, "per_page": size}
        total = None if not self.sees_all and "ObjectType" in params.get("query", "") else len(rows)
        return {"items": [shape(row, params) for row in cut], "count": len(cut), "total": total, "per_page": size}

    def _ticket(self, row: sqlite3.Row, params: dict[str, str]) -> Json:
        asked = [] if row["Requestor"] is None else [self._user(row["Requestor"], "Requestor", params)]
        return {
            "id": str(row["id"]),
            **{name: row[name] for name in ("Subject", "Status", "Type")},
            **{name: iso(row[name]) for name in ("Created", "LastUpdated")},
            "Owner": self._user(row["Owner"], "Owner", params),
            "Creator": self._user(row["Creator"], "Creator", params),
            "Queue": {"id": str(row["Queue"]), "type": "queue"},
            "Requestor": asked,
        }

    def _transaction(self, row: sqlite3.Row, params: dict[str, str]) -> Json:
        return {
            "id": str(row["id"]),
            "ObjectId": str(row["ObjectId"]),
            **{name: row[name] for name in ("Type", "Field", "OldValue", "NewValue")},
            "Created": iso(row["Created"]),
            "Creator": self._user(row["Creator"], "Creator", params),
        }

    def _user(self, id: int, field: str, params: dict[str, str]) -> Json:
        numeric = self.expands and params.get(f"fields[{field}]") == "id"
        return {"id": id if numeric else self.names[id], "type": "user"}

    # --- and who asks

    def source(self, token: str = TOKEN, **settings: Any) -> RtSource:
        async def sleep(seconds: float) -> None:
            self.now += seconds

        http = partial(
            HttpClient,
            transport=httpx.MockTransport(self.answer),
            now=lambda: self.now,
            sleep=sleep,
            jitter=lambda: 0.0,
        )
        return RtSource(SourceSettings(name="desk", kind="rt", base_url=BASE, **settings), token, http)

    def count(self, path: str) -> int:
        return sum(asked == path for _, asked, _ in self.asked)


def _order(params: dict[str, str]) -> str:
    return f"ORDER BY {params.get('orderby', 'id')} {params.get('order', 'ASC')}"
