"""The fourteenth migration, over a trait that the earlier test announced."""

from coach.engine.store import migrate
from coach.engine.store.connect import connect

TRAIT = (
    "insert into trait (user_id, bias, announced_at, as_of, level) values"
    " ('u', 'revenge', now(), now(), 'likely')"
)


def test_a_standing_trait_is_to_be_held_against_the_present_test(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url, "0013")
    with connect(empty_database_url) as connection:
        connection.execute(TRAIT)
        migrate.upgrade(empty_database_url, "0014")
        assert connection.execute("select test from trait").fetchall() == [(1,)]
        behind = "select user_id from conclusion_state where stored > concluded"
        assert connection.execute(behind).fetchall() == [("u",)]
