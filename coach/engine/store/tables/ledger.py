"""Fills, and what was matched from them."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from coach.engine.store.tables.base import MOMENT, metadata, required


def fill_columns() -> list[Column[object]]:
    """Return the columns a fill has wherever it stands."""
    return [
        required("user_id", Text),
        required("account_id", BigInteger),
        required("key", LargeBinary),
        required("run_n", BigInteger),
        required("symbol", Text),
        required("side", Text),
        required("quantity", Numeric),
        required("price", Numeric),
        required("fee", Numeric),
        required("fee_currency", Text),
        required("at", MOMENT),
        required("nanos", SmallInteger),
        required("order_id", Text),
        required("native_id", Text),
        required("line", Integer),
        required("rank", SmallInteger),
        required("margin", Text, server_default=""),
    ]


fill = Table(
    "fill",
    metadata,
    *fill_columns(),
    required("n", BigInteger, server_default=text("nextval('fill_n')")),
    required("turn", Integer, server_default=text("0")),
    Column("left_out", Integer),
    PrimaryKeyConstraint("key", "user_id", "account_id"),
    Index("fill_book_idx", "user_id", "account_id", "symbol", "at"),
    Index("fill_run_idx", "run_n"),
    Index(
        "fill_left_out_idx", "user_id", "account_id", postgresql_where=text("left_out is not null")
    ),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("price > 0", name="price"),
    CheckConstraint("side in ('buy','sell')", name="side"),
)

fill_version = Table(
    "fill_version",
    metadata,
    *fill_columns(),
    required("n", BigInteger, server_default=text("nextval('fill_n')")),
    required("stands_for", LargeBinary),
    PrimaryKeyConstraint("user_id", "n"),
    Index("fill_version_key_idx", "key", "user_id", "account_id"),
    Index("fill_version_stands_for_idx", "user_id", "account_id", "stands_for"),
)

row_order = Table(
    "row_order",
    metadata,
    required("user_id", Text),
    required("account_id", BigInteger),
    required("run_n", BigInteger),
    required("edge", SmallInteger),
    required("place", BigInteger),
    required("symbol", Text),
    required("side", Text),
    required("quantity", Numeric),
    required("price", Numeric),
    required("fee", Numeric),
    required("fee_currency", Text),
    required("at", MOMENT),
    required("nanos", SmallInteger),
    required("native_id", Text),
    PrimaryKeyConstraint("user_id", "account_id", "run_n", "edge", "place"),
    Index("row_order_book_idx", "user_id", "account_id", "symbol", "at"),
)

trade = Table(
    "trade",
    metadata,
    required("user_id", Text),
    required("account_id", BigInteger),
    required("id", Text),
    required("symbol", Text),
    required("side", Text),
    required("opened_at", MOMENT),
    Column("closed_at", MOMENT),
    required("quantity", Numeric),
    required("entry", Numeric),
    Column("exit", Numeric),
    required("gross", Numeric),
    required("fees", Numeric),
    required("net", Numeric),
    required("fills", Integer),
    required("entry_quantity", Numeric),
    required("entry_notional", Numeric),
    required("entry_fills", LargeBinary),
    required("exit_fills", LargeBinary),
    required("other_fees", JSONB),
    Column("partial_closes", JSONB),
    PrimaryKeyConstraint("user_id", "id"),
    Index("trade_opened_idx", "user_id", "opened_at"),
    Index("trade_closed_idx", "user_id", "closed_at"),
    Index("trade_net_idx", "user_id", "net", "closed_at"),
    Index("trade_fees_idx", "user_id", "fees", "closed_at"),
    Index("trade_held_idx", "user_id", text("(closed_at - opened_at)"), "closed_at"),
    Index("trade_symbol_idx", "user_id", "symbol", "closed_at", postgresql_include=["account_id"]),
)

book = Table(
    "book",
    metadata,
    required("user_id", Text),
    required("account_id", BigInteger),
    required("symbol", Text),
    required("method", Text),
    required("quote", Text),
    required("gross", Numeric),
    required("fees", Numeric),
    required("net", Numeric),
    required("open_quantity", Numeric),
    required("open_cost", Numeric),
    required("other_fees", JSONB),
    required("margin", Boolean, server_default=text("false")),
    required("stale", Boolean, server_default=text("false")),
    PrimaryKeyConstraint("user_id", "account_id", "symbol", "method", "margin"),
)

book_hash = Table(
    "book_hash",
    metadata,
    required("user_id", Text),
    required("account_id", BigInteger),
    required("symbol", Text),
    required("fills_sha256", Text),
    Column("last_at", MOMENT),
    Column("state", Text),
    PrimaryKeyConstraint("user_id", "account_id", "symbol"),
)

fee_value = Table(
    "fee_value",
    metadata,
    required("user_id", Text),
    required("account_id", BigInteger),
    required("key", LargeBinary),
    required("symbol", Text),
    required("coin", Text),
    required("fee", Numeric),
    required("price", Numeric),
    required("value", Numeric),
    required("candles", JSONB),
    PrimaryKeyConstraint("user_id", "account_id", "key"),
)

unknown_basis = Table(
    "unknown_basis",
    metadata,
    required("user_id", Text),
    required("account_id", BigInteger),
    required("key", LargeBinary),
    required("symbol", Text),
    required("side", Text),
    required("at", MOMENT),
    required("quantity", Numeric),
    required("proceeds", Numeric),
    required("fee", Numeric),
    required("rounding", Boolean, server_default=text("false")),
    PrimaryKeyConstraint("user_id", "account_id", "key"),
)

movement = Table(
    "movement",
    metadata,
    required("user_id", Text),
    required("account_id", BigInteger),
    required("run_n", BigInteger),
    required("key", LargeBinary),
    required("coin", Text),
    required("kind", Text),
    Column("quantity", Numeric),
    required("at", MOMENT),
    required("fee", Numeric, server_default=text("0")),
    required("reference", Text, server_default=text("''")),
    required("aside", Boolean, server_default=text("false")),
    PrimaryKeyConstraint("user_id", "account_id", "run_n", "key"),
)

stated_balance = Table(
    "stated_balance",
    metadata,
    required("user_id", Text),
    required("account_id", BigInteger),
    required("run_n", BigInteger),
    required("coin", Text),
    required("wallet", Text),
    required("at", MOMENT),
    required("balance", Numeric),
    PrimaryKeyConstraint("user_id", "account_id", "run_n", "coin", "wallet", "at", "balance"),
)

balance_reading = Table(
    "balance_reading",
    metadata,
    required("user_id", Text),
    required("account_id", BigInteger),
    required("run_n", BigInteger),
    required("at", MOMENT),
    required("carries", Boolean),
    required("unsaid", ARRAY(Text)),
    PrimaryKeyConstraint("user_id", "account_id", "run_n", "at"),
)
