"""Statements of a made-up bot that trades day and night and doubles after a loss."""

from datetime import datetime, timedelta
from random import Random

HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
ROWS_A_DAY = 16


def bot_rows(first: datetime, days: int) -> list[str]:
    """Return a trade each three hours from a midnight on, an entry and an exit a row each."""
    random, rows, size = Random(3), list[str](), 1.0
    for number in range(days * 8):
        opened = first + timedelta(hours=3 * number, minutes=random.randrange(20))
        won = random.random() < 0.5
        closed, price = opened + timedelta(minutes=50), 101 if won else 99
        rows += [
            f"{opened:%Y-%m-%dT%H:%M:%SZ},BTC-USD,buy,{size},100,0,,b{number}",
            f"{closed:%Y-%m-%dT%H:%M:%SZ},BTC-USD,sell,{size},{price},0,,s{number}",
        ]
        size = round((1 if won else 2) * (1 + random.random() / 5), 2)
    return rows
