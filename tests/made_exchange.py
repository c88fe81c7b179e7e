"""A made-up trader with two accounts whose every row and balance is known.

Each account tells its trades in one file and everything else, with the balance after each row, in
another: as brokers do that offer a trade history and a ledger.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
TRADES = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
ENTRIES = "timestamp,kind,asset,quantity,fee,balance,entry_id"


@dataclass(frozen=True, slots=True)
class MadeTrade:
    at: datetime
    id: str
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str

    def changes(self) -> list[tuple[str, Decimal]]:
        base, quote = self.symbol.split("-")
        way = 1 if self.side == "buy" else -1
        sides = [(base, way * self.quantity), (quote, -way * self.quantity * self.price)]
        return [*sides, (self.fee_currency, -self.fee)]

    def line(self) -> str:
        cells = (self.symbol, self.side, f"{self.quantity:f}", f"{self.price:f}", f"{self.fee:f}")
        return ",".join((f"{self.at:%Y-%m-%dT%H:%M:%SZ}", *cells, self.fee_currency, self.id))


@dataclass(frozen=True, slots=True)
class MadeEntry:
    at: datetime
    id: str
    kind: str
    asset: str
    quantity: Decimal
    fee: Decimal = Decimal(0)

    def changes(self) -> list[tuple[str, Decimal]]:
        return [(self.asset, self.quantity)]

    def line(self, balance: Decimal) -> str:
        cells = (self.kind, self.asset, f"{self.quantity:f}", f"{self.fee:f}", f"{balance:f}")
        return ",".join((f"{self.at:%Y-%m-%dT%H:%M:%SZ}", *cells, self.id))


MadeRow = MadeTrade | MadeEntry


@dataclass(slots=True)
class MadeAccount:
    """What really happened in an account, in order of time."""

    name: str
    rows: list[MadeRow] = field(default_factory=list)

    def trade(self, hour: int, *what: str) -> None:
        """Trade, as in `trade(3, "BTC-USD", "buy", "0.1", "50000", "5", "USD")`."""
        symbol, side, quantity, price, fee, coin = what
        numbers = (Decimal(quantity), Decimal(price), Decimal(fee))
        made = MadeTrade(START + hour * HOUR, f"{self.name}-t{hour}", symbol, side, *numbers, coin)
        self.rows.append(made)

    def entry(self, hour: int, kind: str, asset: str, quantity: str, fee: str = "0") -> None:
        """Let something else happen."""
        name = f"{self.name}-e{hour}{asset}"
        numbers = (Decimal(quantity), Decimal(fee))
        self.rows.append(MadeEntry(START + hour * HOUR, name, kind, asset, *numbers))

    def truth(self) -> dict[str, Decimal]:
        """Return what is there in the end, coin by coin."""
        held: dict[str, Decimal] = {}
        for row in self.rows:
            for coin, change in row.changes():
                held[coin] = held.get(coin, Decimal(0)) + change
        return held

    def stated(self) -> list[str]:
        """Return the lines of the ledger: each entry, and after each trade what is there."""
        held: dict[str, Decimal] = {}
        lines = []
        for row in self.rows:
            for coin, change in row.changes():
                held[coin] = held.get(coin, Decimal(0)) + change
            if isinstance(row, MadeEntry):
                lines.append(row.line(held[row.asset]))
            else:
                at = f"{row.at:%Y-%m-%dT%H:%M:%SZ}"
                coins = dict.fromkeys(coin for coin, _ in row.changes())
                lines += [f"{at},balance,{coin},,,{held[coin]:f}," for coin in coins]
        return lines

    def trades(self) -> list[MadeTrade]:
        return [row for row in self.rows if isinstance(row, MadeTrade)]


def two_accounts() -> tuple[MadeAccount, MadeAccount]:
    """Return a trader's two accounts: transfers, converts, funding, rewards, dust, new names."""
    one, two = MadeAccount("one"), MadeAccount("two")
    one.entry(0, "deposit", "USD", "10000")
    one.trade(1, "BTC-USD", "buy", "0.1", "50000", "5", "USD")
    one.trade(2, "ETH-USD", "buy", "1", "2000", "0.001", "ETH")
    one.trade(3, "BTC-USD", "sell", "0.04", "52000", "2.08", "USD")
    one.entry(4, "withdrawal", "BTC", "-0.0305", "0.0005")
    two.entry(5, "deposit", "BTC", "0.03")
    one.entry(6, "convert", "ETH", "-0.5")
    one.entry(6, "convert", "SOL", "8")
    one.entry(7, "reward", "SOL", "0.013")
    two.trade(8, "BTC-USDC", "sell", "0.01", "53000", "0.5", "USDC")
    two.trade(9, "MATIC-USDC", "buy", "300", "0.7", "0.2", "USDC")
    two.entry(10, "funding", "USDC", "-0.75")
    two.entry(11, "rename", "MATIC", "-300")
    two.entry(11, "rename", "POL", "300")
    one.entry(12, "dust", "SOL", "-0.013")
    one.entry(12, "dust", "USD", "1.9")
    one.trade(13, "BTC-USD", "buy", "0.02", "54000", "1.08", "USD")
    two.trade(14, "POL-USDC", "sell", "100", "0.8", "0.08", "USDC")
    one.trade(15, "ETH-USD", "sell", "0.4", "2100", "0.84", "USD")
    one.entry(16, "withdrawal", "USD", "-500")
    one.entry(17, "fee", "USD", "-3")
    one.trade(18, "BTC-USD", "sell", "0.01", "55000", "0.55", "USD")
    two.trade(19, "BTC-USDC", "sell", "0.005", "55500", "0.28", "USDC")
    return one, two


def files(
    account: MadeAccount,
    folder: Path,
    trades: Iterable[MadeTrade] | None = None,
    told: Callable[[str], bool] = lambda _: True,
) -> list[Path]:
    """Write both files of an account; `trades` and `told` say what of it coach gets to see."""
    shown = account.trades() if trades is None else list(trades)
    first, second = folder / f"{account.name}-trades.csv", folder / f"{account.name}-ledger.csv"
    first.write_text("\n".join([TRADES, *(row.line() for row in shown)]) + "\n")
    lines = [line for line in account.stated() if told(line)]
    second.write_text("\n".join([ENTRIES, *lines]) + "\n")
    return [first, second]


def with_fee(trade: MadeTrade, fee: str) -> MadeTrade:
    return replace(trade, fee=Decimal(fee))
