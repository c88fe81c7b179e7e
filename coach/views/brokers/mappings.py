"""Mappings: what the columns of a layout mean, and the contract sizes they were read with."""

from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.statements.mappings import ListedMapping
    from coach.model.accounts import ContractSize

MAPPINGS = (
    Column("name", "name", "key"),
    Column("about", "reads"),
    Column("own", "yours"),
    Column("seen", "seen in"),
    Column("kind"),
    Column("columns"),
)
TEXT = (Column("name", "name", "key"), Column("toml", "toml"))
SIZES = (
    Column("account", "account"),
    Column("symbol", "symbol"),
    Column("size", "units in one contract", "number"),
)


class MappingRow(TypedDict):
    """A mapping. `own` is true for one of yours, `seen` says where its layout was read.

    `columns` are the headers of each field, tidied and without their clocks.
    """

    name: str
    about: str
    own: bool
    seen: str
    kind: str
    columns: dict[str, list[str]]


class MappingTextRow(TypedDict):
    """A mapping as TOML, which `coach mappings import` reads."""

    name: str
    toml: str


class ContractSizeRow(TypedDict):
    """How many units of what it is about one contract of a symbol is, in an account."""

    account: str
    symbol: str
    size: Decimal


def mapping(found: "ListedMapping") -> MappingRow:
    """Return a mapping."""
    one = found.mapping
    return {
        "name": one.name,
        "about": one.about or "a layout that you mapped",
        "own": found.is_own,
        "seen": one.seen,
        "kind": one.kind,
        "columns": {
            name: ["|".join(ref.names) for ref in refs] for name, refs in one.columns.items()
        },
    }


def mapping_text(name: str, toml: str) -> MappingTextRow:
    """Return a mapping as TOML."""
    return {"name": name, "toml": toml}


def contract_size(found: "ContractSize") -> ContractSizeRow:
    """Return the contract size of a symbol."""
    return {"account": found.account, "symbol": found.symbol, "size": found.size}
