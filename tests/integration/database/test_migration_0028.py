"""The twenty-eighth migration, over rules that were judged before anybody noted how."""

from coach.engine.promises.judge_since import active_rules
from coach.engine.store import conclusions, migrate, users
from coach.engine.store.connect import connect

RULE = (
    "insert into rule (user_id, id, kind, params, active, created_at)"
    " values (%s, 'r', 'max_trades_per_day', '{\"limit\": 2}', true, '2026-03-02')"
)


def test_rules_of_an_earlier_coach_are_judged_over_everything_and_nothing_is_due(
    empty_database_url: str,
) -> None:
    migrate.upgrade(empty_database_url, "0027")
    with connect(empty_database_url) as connection:
        user = users.add(connection, "u", "UTC")
        assert user is not None
        connection.execute(RULE, [user.id])
        conclusions.note_change(connection, user.id)
        migrate.upgrade(empty_database_url, "0028")
        found = active_rules(connection, user)
        assert ([rule.id for rule in found.unjudged], found.judged) == (["r"], [])
        assert not conclusions.are_due(connection, user.id)
