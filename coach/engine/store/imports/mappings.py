"""The mappings of a user, as TOML by name, and the contract sizes that files were read with."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from psycopg import Connection

from coach.model.accounts import AccountId, ContractSize, UserId


class KeptMapping(NamedTuple):
    """A mapping as it is stored."""

    name: str
    text: str
    kept_at: datetime


def kept(connection: Connection[Any], user_id: UserId) -> list[KeptMapping]:
    """Return the mappings of a user, by name."""
    found = connection.execute(
        "select name, mapping, kept_at from statement_mapping where user_id = %s order by name",
        [user_id],
    )
    return [KeptMapping(*row) for row in found]


def keep(connection: Connection[Any], user_id: UserId, mapping: KeptMapping) -> None:
    """Keep a mapping under its name; the newest one stands."""
    connection.execute(
        "insert into statement_mapping (user_id, name, mapping, kept_at) values (%s, %s, %s, %s)"
        " on conflict (user_id, name) do update"
        " set mapping = excluded.mapping, kept_at = excluded.kept_at",
        [user_id, *mapping],
    )


def forget(connection: Connection[Any], user_id: UserId, name: str) -> bool:
    """Drop a mapping; False where there was none of that name."""
    found = connection.execute(
        "delete from statement_mapping where user_id = %s and name = %s", [user_id, name]
    )
    return found.rowcount > 0


def keep_sizes(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    sizes: Mapping[str, Decimal],
) -> None:
    """Keep the contract sizes that the symbols of an account were read with."""
    for symbol, size in sorted(sizes.items()):
        connection.execute(
            "insert into contract_size (user_id, account_id, symbol, size) values (%s, %s, %s, %s)"
            " on conflict (user_id, account_id, symbol) do update set size = excluded.size",
            [user_id, account_id, symbol, size],
        )


def sizes(connection: Connection[Any], user_id: UserId) -> list[ContractSize]:
    """Return the contract sizes of a user's symbols, where they are not one."""
    found = connection.execute(
        "select a.name, c.symbol, c.size from contract_size c"
        " join account a on a.user_id = c.user_id and a.id = c.account_id"
        " where c.user_id = %s order by 1, 2",
        [user_id],
    )
    return [ContractSize(*row) for row in found]
