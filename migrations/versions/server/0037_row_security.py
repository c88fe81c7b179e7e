"""Row-level security: a transaction that names a user reaches that user's rows and no others.

The policies hold on every table that has a `user_id`, for the owner of the tables, too. The owner
reaches all rows in a transaction that names nobody: that is how migrations, workers, the relay and
the commands about the whole installation work. Runs of the installation have no user, and each
user sees them and may have one tried again. An entry of the queue belongs to the user that it
names.
"""

from alembic import op

revision = "0037"
down_revision = "0031"

USER = "(select nullif(current_setting('coach.user_id', true), ''))"
TABLES = """
  select c.relname as name, case c.relname when 'app_user' then 'id'
      when 'procrastinate_jobs' then '(args->>''user_id'')' else 'user_id' end as owner
    from pg_class c
   where c.relnamespace = current_schema()::regnamespace
     and c.relkind in ('r', 'p') and not c.relispartition
     and (c.relname in ('app_user', 'procrastinate_jobs') or exists (
       select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id'
          and not a.attisdropped))
   order by 1
"""
PROTECT = f"""
do $$
declare protected record;
begin
  for protected in {TABLES} loop
    execute format('alter table %I enable row level security', protected.name);
    execute format('alter table %I force row level security', protected.name);
    execute format($policy$create policy own_rows on %I using (%s = {USER})$policy$,
      protected.name, protected.owner);
    execute format($policy$create policy all_rows_for_the_owner on %I using (
      (select coalesce(current_setting('coach.user_id', true), '') = '' and
        pg_has_role((select relowner from pg_class where oid = %L::regclass), 'usage')))$policy$,
      protected.name, protected.name);
  end loop;
end $$;
create policy runs_of_the_installation on run for select using (user_id = '');
create policy another_try_for_the_installation on run for update using (user_id = '');
create policy entries_of_the_installation on procrastinate_jobs using (args->>'user_id' = '');
"""  # noqa: S608 -- constant text
OPEN = f"""
drop policy runs_of_the_installation on run;
drop policy another_try_for_the_installation on run;
drop policy entries_of_the_installation on procrastinate_jobs;
do $$
declare protected record;
begin
  for protected in {TABLES} loop
    execute format('drop policy own_rows on %I', protected.name);
    execute format('drop policy all_rows_for_the_owner on %I', protected.name);
    execute format('alter table %I no force row level security', protected.name);
    execute format('alter table %I disable row level security', protected.name);
  end loop;
end $$;
"""


def upgrade() -> None:
    op.execute(PROTECT)


def downgrade() -> None:
    op.execute(OPEN)
