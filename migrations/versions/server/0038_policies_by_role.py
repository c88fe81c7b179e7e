"""The policy by which the owner of the tables reaches all rows is the owner's alone.

While it was for everybody, every query of a confined session had to satisfy one of two policies,
and looked at each row where an index of its user's rows would have done.
"""

from alembic import op

revision = "0038"
down_revision = "0035"

PROTECTED = """
  select p.polrelid::regclass as name, (select relname from pg_class where oid = p.polrelid) as text
    from pg_policy p join pg_class c on c.oid = p.polrelid
   where p.polname = 'all_rows_for_the_owner' and c.relnamespace = current_schema()::regnamespace
   order by 2
"""
NOBODY_NAMED = "(select coalesce(current_setting('coach.user_id', true), '') = '')"
FOR_ALL = """
drop policy all_rows_for_the_owner on %1$s;
create policy all_rows_for_the_owner on %1$s using (
  (select coalesce(current_setting('coach.user_id', true), '') = '' and
    pg_has_role((select relowner from pg_class where oid = %2$L::regclass), 'usage')))
"""
FOR_OWNER = f"""
drop policy all_rows_for_the_owner on %1$s;
create policy all_rows_for_the_owner on %1$s to current_user using ({NOBODY_NAMED})
"""
AGAIN = """
do $$
declare protected record;
begin
  for protected in {tables} loop
    execute format($policy${policy}$policy$, protected.name, protected.text);
  end loop;
end $$;
"""


def upgrade() -> None:
    op.execute(AGAIN.format(tables=PROTECTED, policy=FOR_OWNER))


def downgrade() -> None:
    op.execute(AGAIN.format(tables=PROTECTED, policy=FOR_ALL))
