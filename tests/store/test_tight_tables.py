"""What lies in less room behind the views reads as it was told, and is found without looking at every row."""

import sqlite3
from pathlib import Path

import pytest

from funnel_tui.model.records import ArticleView, Conversation, Event, Kind, Record
from funnel_tui.store import Reader, Store
from funnel_tui.store.people import person_key
from funnel_tui.store.populations import POPULATIONS

T = 1_772_000_000
IDS = ("7", "07", "0", "", "65f0c0ffee65f0c0", "65F0C0FFEE65F0C0", "65f0c0f", "7" * 18, "7" * 19, "-7", "7 ", "٧", "ü")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "cache.db")


def written(id: str, **more: object) -> list[Record]:
    return [Conversation(id=id, **more), Event(conversation=id, at=T, kind=Kind.CUSTOMER_MESSAGE)]  # type: ignore[arg-type]


def test_ids_of_any_shape_stay_apart_and_are_found(store: Store) -> None:
    records = [record for id in IDS for record in written(id, person=id)]
    store.write("acme", records)
    assert store.write("acme", records) == 0
    reader = Reader.open(store.path)
    for id in IDS:
        cid, _, eid = reader.find("acme", id) or (0, None, None)
        assert reader.bare(cid)[:2] == ("acme", id)
        assert eid is not None
        assert reader.details([eid])[eid].id == id
    connection = sqlite3.connect(store.path)
    assert {id for (id,) in connection.execute("SELECT person FROM conversation")} == set(IDS)


@pytest.mark.parametrize(
    "url",
    ["https://desk.example/c/{id}", "https://desk.example/{id}?tab=1", "{id}", "", "https://desk.example/c/other"],
)
@pytest.mark.parametrize("id", ["12", "65f0c0ffee65f0c0", "c-1", ""])
def test_addresses_read_as_they_were_told(store: Store, url: str, id: str) -> None:
    address = url.format(id=id)
    store.write("acme", written(id, url=address))
    reader = Reader.open(store.path)
    assert reader.bare((reader.find("acme", id) or (0,))[0])[2] == address
    assert store.write("acme", written(id, url=address)) == 0
    assert store.write("acme", [Conversation(id=id)]) == 1
    assert reader.bare((reader.find("acme", id) or (0,))[0])[2] is None


def test_addresses_of_their_own_do_not_pile_up_as_sites(store: Store) -> None:
    ids = [str(number) for number in range(150)]
    records = [record for id in ids for record in written(id, url=f"https://desk.example/{id}-words/{id}")]
    store.write("acme", records)
    assert store.write("acme", records) == 0
    connection = sqlite3.connect(store.path)
    assert connection.execute("SELECT count(*) FROM site").fetchone()[0] <= 100
    told = {(id, f"https://desk.example/{id}-words/{id}") for id in ids}
    assert set(connection.execute("SELECT id, url FROM conversation")) == told


def test_tags_and_words_read_as_they_were_told(store: Store) -> None:
    more = {"tags": ("b", "a", 'quoted "c"'), "channel": "chat", "team": "t", "origin": "inbound"}
    store.write("acme", written("1", **more))
    row = (
        sqlite3.connect(store.path).execute("SELECT own_tags, channel, came_team, origin FROM conversation").fetchone()
    )
    assert row == ('["b","a","quoted \\"c\\""]', "chat", "t", "inbound")
    assert Reader.open(store.path).filter_values("tag") == {"b", "a", 'quoted "c"', "none"}


def test_a_person_whose_id_is_zero_is_one(store: Store) -> None:
    view = ArticleView(article="a", at=T, session="s1")
    store.write("acme", [view, *written("1", person="0", session="s1")])
    seen = "SELECT viewer FROM article_view UNION SELECT viewer FROM episode"
    assert sqlite3.connect(store.path).execute(seen).fetchall() == [(person_key("0"),)]


def test_viewers_without_an_episode_are_known_too(store: Store) -> None:
    note = Event(conversation="1", at=T, kind=Kind.NOTE)
    store.write("acme", [Conversation(id="1", person="p1", team="t"), note])
    connection = sqlite3.connect(store.path)
    assert connection.execute("SELECT viewer, team, excluded FROM conversation").fetchall() == [
        (person_key("p1"), "t", None)
    ]
    store.write("acme", written("1", person="p1", team="t"))
    assert connection.execute("SELECT viewer, team FROM conversation").fetchall() == [(person_key("p1"), "t")]


NOT_BY_MOMENT = {"waits_begun", "waits_begun_at"}
"""What only the ledger counts."""


@pytest.mark.parametrize("name", sorted({name for name, kind in POPULATIONS.items() if kind.at} - NOT_BY_MOMENT))
def test_every_dated_population_finds_its_rows_by_an_index(store: Store, name: str) -> None:
    population = POPULATIONS[name]
    plan = sqlite3.connect(store.path).execute(
        f"EXPLAIN QUERY PLAN SELECT {population.value} FROM {population.source('main.')}"
        f" WHERE {population.placed} AND {population.counted}",
        {"start": T, "until": T + 1, "as_of": T},
    )
    steps = [step for *_, step in plan]
    assert steps
    assert not [step for step in steps if not step.startswith(("SEARCH", "CORRELATED", "USE"))], steps
