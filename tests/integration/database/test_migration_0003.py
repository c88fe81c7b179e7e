"""The third migration, over rules of a coach that knew no revisions."""

from coach.engine.store import migrate
from coach.engine.store.connect import connect

RULE = (
    "insert into rule (user_id, id, kind, params, active, created_at)"
    " values ('u', 'r', 'max_trades_per_day', '{\"limit\": 5}', false, '2026-03-02T00:00:00Z')"
)
BREACH = (
    "insert into breach (user_id, rule_id, trade_id, at, fill_keys, facts)"
    " values ('u', 'r', 't', '2026-03-02', 'k', '{}')"
)


def test_a_rule_from_before_becomes_its_first_revision(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url, "0002")
    with connect(empty_database_url) as connection:
        connection.execute(RULE)
        connection.execute(BREACH)
        migrate.upgrade(empty_database_url, "0003")
        kept = connection.execute(
            "select revision, params, state, actor, parent, at = '2026-03-02T00:00:00Z'"
            " from rule_revision"
        )
        assert kept.fetchall() == [(1, {"limit": 5}, "paused", "user", None, True)]
        numbers = connection.execute("select r.revision, b.revision from rule r, breach b")
        assert numbers.fetchall() == [(1, 1)]


def test_going_back_keeps_the_rule_as_it_is_now(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url, "0003")
    with connect(empty_database_url) as connection:
        connection.execute(RULE)
        migrate.downgrade(empty_database_url, "0002")
        kept = connection.execute("select id, kind, active from rule").fetchall()
        assert kept == [("r", "max_trades_per_day", False)]
