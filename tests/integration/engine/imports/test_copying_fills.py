"""What is copied into the fill table comes out of it as it went in."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.engine.api.session import Session
from coach.engine.ledger.identity import Namer
from coach.engine.store import accounts, fills
from coach.engine.store.fills import RunTarget
from coach.model.fills import Fill, Symbol

FILL = Fill(
    symbol=Symbol("BTC-USD"),
    side="buy",
    quantity=Decimal(1),
    price=Decimal(2),
    fee=Decimal(0),
    fee_currency="USD",
    at=datetime(2026, 3, 15, tzinfo=UTC),
    nanos=0,
    order_id="",
    native_id="",
    line=2,
)


@pytest.mark.parametrize("odd", ["\\", "\\N", "a\tb", "a\nb", "a\rb", "\\.", "\\x41"])
@pytest.mark.parametrize("column", ["symbol", "fee_currency", "order_id", "native_id"])
def test_no_text_breaks_the_copy_or_is_stored_as_its_escape(
    session: Session, column: str, odd: str
) -> None:
    """No source lets such a name through; the table would take it nevertheless."""
    account = accounts.ensure_account(
        session.connection, session.user.id, "main", "generic", shorts=True
    )
    fill = FILL._replace(**{column: odd})  # type: ignore[arg-type]
    named = Namer("test").name(fill)
    assert named is not None
    fills.add(session.connection, RunTarget(session.user.id, account.id, 1, 10), [named])
    (stored,) = session.connection.execute(f"select {column} from fill").fetchall()  # noqa: S608
    assert stored == (odd,)
