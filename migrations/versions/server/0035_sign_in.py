"""How people sign in: passwords, sessions, tokens, second factors, and the link of the first run.

Whatever lets somebody in is kept as a hash; the secret of a second factor is sealed elsewhere.
"""

from alembic import op

revision = "0035"
down_revision = "0039"

TABLES = """
alter table app_user add column disabled_at timestamptz;
create table user_password (
  user_id text not null,
  hash text not null,
  changed_at timestamptz not null,
  constraint user_password_pkey primary key (user_id),
  constraint user_password_user_id_fkey foreign key (user_id) references app_user (id)
);
create table user_session (
  user_id text not null,
  id text not null,
  token_sha256 bytea not null,
  methods text not null,
  origin text not null,
  created_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null,
  confirmed_at timestamptz not null,
  constraint user_session_pkey primary key (user_id, id),
  constraint user_session_token_sha256_key unique (token_sha256),
  constraint user_session_user_id_fkey foreign key (user_id) references app_user (id)
);
create table api_token (
  user_id text not null,
  id text not null,
  token_sha256 bytea not null,
  label text not null,
  scope text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  used_at timestamptz,
  revoked_at timestamptz,
  constraint api_token_pkey primary key (user_id, id),
  constraint api_token_token_sha256_key unique (token_sha256),
  constraint api_token_user_id_fkey foreign key (user_id) references app_user (id),
  constraint api_token_scope_check check (scope in ('read','import','admin'))
);
create table second_factor (
  user_id text not null,
  confirmed_at timestamptz,
  last_step bigint not null,
  constraint second_factor_pkey primary key (user_id),
  constraint second_factor_user_id_fkey foreign key (user_id) references app_user (id)
);
create table recovery_code (
  user_id text not null,
  code_sha256 bytea not null,
  constraint recovery_code_pkey primary key (user_id, code_sha256),
  constraint recovery_code_user_id_fkey foreign key (user_id) references app_user (id)
);
create table setup_link (
  single boolean not null,
  token_sha256 bytea,
  expires_at timestamptz,
  closed_at timestamptz,
  constraint setup_link_pkey primary key (single),
  constraint setup_link_single_check check (single)
);
"""
USER = "(select nullif(current_setting('coach.user_id', true), ''))"
OF_USERS = (
    "user_password",
    "user_session",
    "api_token",
    "second_factor",
    "recovery_code",
)
PROTECT = f"""
alter table {{name}} enable row level security;
alter table {{name}} force row level security;
create policy own_rows on {{name}} using (user_id = {USER});
create policy all_rows_for_the_owner on {{name}} using (
  (select coalesce(current_setting('coach.user_id', true), '') = '' and
    pg_has_role((select relowner from pg_class where oid = '{{name}}'::regclass), 'usage')));
"""  # noqa: S608 -- constant text


def upgrade() -> None:
    op.execute(TABLES)
    for name in OF_USERS:
        op.execute(PROTECT.format(name=name))


def downgrade() -> None:
    op.execute(
        "drop table setup_link, recovery_code, second_factor, api_token, user_session,"
        " user_password"
    )
    op.execute("alter table app_user drop column disabled_at")
