"""Which tables a migration holds up, read from its SQL."""

import pytest

from coach.engine.store.tending.pending_migrations import held_by


@pytest.mark.parametrize(
    ("statements", "held"),
    [
        ("alter table fill add column left_out integer;", ["fill"]),
        ("ALTER TABLE ONLY fill\n drop column x; alter table fill drop column y;", ["fill"]),
        ("create unique index a_idx on account (user_id, id);", ["account"]),
        ("drop table if exists former;", ["former"]),
        (
            "create trigger one before update on audit_event for each row execute x();",
            ["audit_event"],
        ),
        ("update book set stale = true where 1 = 1;", ["book"]),
        ("delete from finding;", ["finding"]),
        ("create table made (a int); create index m on made (a); alter table made add b int;", []),
        ("truncate fill; truncate only book cascade;", ["book", "fill"]),
        ("lock table fill in share mode; lock book;", ["book", "fill"]),
        (
            "cluster fill using fill_pkey; reindex table book; vacuum full run;",
            ["book", "fill", "run"],
        ),
        (
            "create index if not exists a on only fill (x); create index on book (x);",
            ["book", "fill"],
        ),
        ('alter table public.fill add x int; alter table "book" add y int;', ["book", "fill"]),
        ("update fill as f set x = 1; update only book set y = 1;", ["book", "fill"]),
        ("drop policy own_rows on fill; drop trigger if exists t on book;", ["book", "fill"]),
        ("merge into fill using book on true when matched then delete;", ["fill"]),
        ("create index concurrently a on fill (x); set local lock_timeout = '10s';", []),
        ("create trigger t after truncate on fill for each statement execute x();", ["fill"]),
        ("-- alter table fill add x int\nselect 1;", []),
        ("update alembic_version set version_num = '0069';", []),
    ],
)
def test_a_table_that_is_changed_is_held_up_unless_it_is_new(
    statements: str, held: list[str]
) -> None:
    assert held_by(statements) == held
