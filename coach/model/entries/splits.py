"""Splits: each unit of a share or coin that is held becomes several, or several become one."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class Split(NamedTuple):
    """A split as an entry of an account tells it: `after` units stand where `before` stood.

    A book that has exactly `held` open, as the whole account does, has `left` of it afterwards:
    that is what the source says, also where it cut a fraction off. Both are zero where the source
    does not say, or where what it says is not what the ratio gives; then the ratio alone counts.
    """

    at: datetime
    after: int
    before: int
    held: Decimal
    left: Decimal
