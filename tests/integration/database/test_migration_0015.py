"""The fifteenth migration, over imports whose counts stand in columns alone."""

from coach.engine.store import migrate
from coach.engine.store.connect import connect

RUN = (
    "insert into run (user_id, id, account_id, source, family, rank, label, state, fetched, new,"
    " known, changed, skipped_count, started_at) select 'u', %s, id, 'generic', 'generic', 1, '',"
    " %s, 9, 5, 2, 1, 1, now() from account"
)


def test_an_import_that_was_done_has_its_counts_as_its_result(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url, "0014")
    with connect(empty_database_url) as connection:
        connection.execute("insert into app_user (id, name) values ('u', 'u')")
        connection.execute(
            "insert into account (user_id, name, broker, shorts) values ('u', 'a', 'b', false)"
        )
        for state in ("done", "undone", "failed"):
            connection.execute(RUN, [state, state])
        migrate.upgrade(empty_database_url, "0015")
        found = connection.execute("select state, result from run order by n").fetchall()
    counts = {"fetched": 9, "new": 5, "known": 2, "changed": 1, "skipped": 1}
    assert found == [("done", counts), ("undone", counts), ("failed", None)]
