"""The second migration, over what the first coach left."""

from coach.engine.store import migrate
from coach.engine.store.connect import connect

TAG = (
    "insert into tag (user_id, bias, trade_id, at, fill_keys, facts, formula)"
    " values ('u', 'revenge', 't', '2026-03-02', 'k', '{}', 'revenge/1')"
)
EVENT = (
    "insert into tag (user_id, bias, trade_id, at, fill_keys, facts, formula, event_key)"
    " values ('u', 'revenge', 't', '2026-03-02', 'k', '{}', 'revenge/1', %s)"
)


def test_a_tag_of_the_first_coach_stays_and_has_no_event(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url, "0001")
    with connect(empty_database_url) as connection:
        connection.execute(TAG)
        migrate.upgrade(empty_database_url, "0002")
        found = connection.execute("select trade_id, event_key, event_keys from tag")
        assert found.fetchall() == [("t", b"", b"")]


def test_of_several_events_of_a_trade_one_goes_back(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url, "0002")
    with connect(empty_database_url) as connection:
        for key in (b"b", b"a", b"c"):
            connection.execute(EVENT, [key])
        migrate.downgrade(empty_database_url, "0001")
        assert connection.execute("select count(*) from tag").fetchone() == (1,)


def test_each_database_has_one_id_of_its_own(
    empty_database_url: str, another_empty_database_url: str
) -> None:
    ids = set()
    for url in (empty_database_url, another_empty_database_url):
        migrate.upgrade(url, "0002")
        with connect(url) as connection:
            ids.update(connection.execute("select id from installation").fetchall())
    assert len(ids) == 2
