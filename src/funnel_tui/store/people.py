"""Who a viewer is: a person where any record names one, else the session, else nobody but this conversation."""

import sqlite3
from hashlib import blake2b


def person_behind(person: str | None, session: str | None, tied: str | None, first_writer: str | None) -> str | None:
    """`tied` is the person that some record ties `session` to; `first_writer` the customer who wrote first."""
    return person or (tied if session else first_writer) or None


def viewer_key(person: str | None, session: str | None, tied: str | None, first_writer: str | None, cid: int) -> int:
    """A number above 0 for each person and each session nobody is known of; 0 and below for nobody but `cid`.

    63 bits of a hash: among ten million viewers two share one with a chance of one in 100,000.
    """
    found = person_behind(person, session, tied, first_writer)
    if found:
        return person_key(found)
    return _hash("s" + session) if session else -cid


def person_key(person: str) -> int:
    return _hash("p" + person)


def key_of(spelt: str) -> int:
    """The key of a viewer as version 1 of the cache spelt it: `p` person, `s` session, `c` conversation."""
    return -int(spelt[1:]) if spelt[0] == "c" else _hash(spelt)


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little") >> 1 or 1


class Ties:
    """Sessions and the persons that records tie them to, in one workspace."""

    def __init__(self, connection: sqlite3.Connection, wid: int) -> None:
        self._connection = connection
        self._wid = wid

    def person(self, session: str | None) -> str | None:
        if not session:
            return None
        row = self._connection.execute(
            "SELECT person FROM session_person WHERE wid = ? AND session = ?", (self._wid, session)
        ).fetchone()
        return row[0] if row else None

    def settle(self, session: str) -> list[int]:
        """Decide anew whose `session` is, after a record about it came or changed; of several claims the smallest id.

        Article views follow at once; the conversations that must be derived anew are returned.
        """
        key = {"wid": self._wid, "session": session}
        (claimed,) = self._connection.execute(
            "SELECT min(person) FROM (SELECT person FROM conversation WHERE wid = :wid AND session = :session"
            " AND person <> '' UNION ALL"
            " SELECT person FROM article_view WHERE wid = :wid AND session = :session AND person <> '')",
            key,
        ).fetchone()
        if claimed == self.person(session):
            return []
        self._connection.execute("DELETE FROM session_person WHERE wid = :wid AND session = :session", key)
        if claimed is not None:
            self._connection.execute(
                "INSERT INTO session_person VALUES (:wid, :session, :person)", key | {"person": claimed}
            )
        viewer = viewer_key(None, session, claimed, None, 0)
        self._connection.execute(
            "UPDATE article_view SET viewer = :viewer WHERE wid = :wid AND session = :session AND person = ''",
            key | {"viewer": viewer},
        )
        rows = self._connection.execute(
            "SELECT cid FROM conversation WHERE wid = :wid AND session = :session AND ifnull(person, '') = ''", key
        )
        return [cid for (cid,) in rows]
