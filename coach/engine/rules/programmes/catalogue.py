"""The programmes of prop firms that coach knows: what each says of losses, where and when.

Firms change their rules often, and many let a trader choose others: the source and its date stand
beside every programme, and the firm's own dashboard decides. Each was read on the page that it
names on that date by prop-firm-rules, a public data set under the MIT licence
(kburrus64-max/prop-firm-rules); the hour of Topstep's day by ourselves.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from coach.engine.rules.programmes.params import MIDNIGHT, Floor
from coach.values import dataclass

READ_ON: Final = date(2026, 10, 4)
OPEN_LOSSES = "The firm counts open losses too, coach what was realised."
HIGHER_OF_BOTH = (
    "The firm counts a day from the higher of balance and equity, coach from the balance."
)
LOCK_BY_PLATFORM = (
    "Whether the floor of an evaluation ever locks depends on the platform: here it does not."
)


@dataclass(frozen=True, slots=True)
class ShareOfAccount:
    """A limit in percent of the starting balance, whatever its size."""

    percent: float


@dataclass(frozen=True, slots=True)
class ShareOfDay:
    """A limit in percent of the balance at the beginning of the day."""

    percent: float


@dataclass(frozen=True, slots=True)
class BySize:
    """A limit in money for each size of account that is offered."""

    amounts: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One programme of a firm.

    `day_loss` is None where it sets none. A day begins at `reset` in `zone`. `locks_at` is how far
    above the starting balance the floor stops rising, None where it rises without end. `notes` are
    what coach counts otherwise, and what the source does not say.
    """

    title: str
    source: str
    read_on: date = READ_ON
    drawdown: ShareOfAccount | BySize
    floor: Floor
    locks_at: int | None = None
    day_loss: ShareOfAccount | ShareOfDay | BySize | None
    reset: str = MIDNIGHT
    zone: str
    notes: tuple[str, ...] = ()

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return the sizes of account for which a limit is known, empty where any will do."""
        limits = (self.drawdown, self.day_loss)
        return next((tuple(one.amounts) for one in limits if isinstance(one, BySize)), ())


def share_of_account(account_size: float, limit: ShareOfAccount | BySize) -> float:
    """Return a limit in money for an account of this size."""
    if isinstance(limit, BySize):
        return limit.amounts[int(account_size)]
    return round(account_size * limit.percent / 100, 8)


PROGRAMMES: Final[Mapping[str, Programme]] = {
    "ftmo-2-step": Programme(
        title="FTMO Challenge, 2-Step",
        source="https://ftmo.com/en/trading-objectives/",
        drawdown=ShareOfAccount(10),
        floor="static",
        day_loss=ShareOfAccount(5),
        zone="Europe/Prague",
        notes=(OPEN_LOSSES,),
    ),
    "ftmo-1-step": Programme(
        title="FTMO Challenge, 1-Step",
        source="https://ftmo.com/en/trading-objectives/",
        drawdown=ShareOfAccount(10),
        floor="end_of_day",
        day_loss=ShareOfAccount(3),
        zone="Europe/Prague",
        notes=(OPEN_LOSSES,),
    ),
    "fundednext-2-step": Programme(
        title="FundedNext Stellar 2-Step",
        source="https://fundednext.com/general-rules/cfds/trading-objectives",
        drawdown=ShareOfAccount(10),
        floor="static",
        day_loss=ShareOfAccount(5),
        zone="Europe/Athens",
        notes=(
            OPEN_LOSSES,
            "The source names GMT+2, and GMT+3 in summer: coach takes the summer time of Europe.",
        ),
    ),
    "the5ers-high-stakes": Programme(
        title="The5ers High Stakes, 2-Step",
        source=(
            "https://help.the5ers.com/what-is-the-maximum-loss-and-the-maximum-daily-loss-in-the-"
            "high-stakes-program/"
        ),
        drawdown=ShareOfAccount(10),
        floor="static",
        day_loss=ShareOfDay(5),
        reset="17:00",
        zone="America/New_York",
        notes=(OPEN_LOSSES, HIGHER_OF_BOTH),
    ),
    "e8-one": Programme(
        title="E8 One, with 4 % a day and 6 % dynamic drawdown",
        source="https://help.e8markets.com/en/articles/11782996-dynamic-drawdown",
        drawdown=ShareOfAccount(6),
        floor="closed",
        locks_at=0,
        day_loss=ShareOfAccount(4),
        zone="UTC",
        notes=(
            OPEN_LOSSES,
            "The source names midnight of the server and no zone: coach takes UTC, zone= another.",
        ),
    ),
    "fundingpips-2-step": Programme(
        title="FundingPips 2 Step Standard, with 5 % a day",
        source="https://help.fundingpips.com/hc/en-us/articles/34501809112081-2-Step-Standard",
        drawdown=ShareOfAccount(10),
        floor="static",
        day_loss=ShareOfDay(5),
        zone="Etc/GMT-3",
        notes=(OPEN_LOSSES, HIGHER_OF_BOTH),
    ),
    "alpha-pro-10": Programme(
        title="Alpha Capital, Alpha Pro 10 %",
        source="https://help.alphacapitalgroup.uk/en/articles/8420429-alpha-pro-8-10",
        drawdown=ShareOfAccount(10),
        floor="static",
        day_loss=ShareOfDay(5),
        zone="Etc/GMT-3",
        notes=(OPEN_LOSSES,),
    ),
    "alpha-pro-8": Programme(
        title="Alpha Capital, Alpha Pro 8 %",
        source="https://help.alphacapitalgroup.uk/en/articles/8420429-alpha-pro-8-10",
        drawdown=ShareOfAccount(8),
        floor="static",
        day_loss=ShareOfDay(4),
        zone="Etc/GMT-3",
        notes=(OPEN_LOSSES,),
    ),
    "blue-guardian-2-step": Programme(
        title="Blue Guardian 2 Step Standard",
        source="https://help.blueguardian.com/en/articles/14062291-2-step-standard-rules",
        drawdown=ShareOfAccount(8),
        floor="static",
        day_loss=ShareOfAccount(4),
        reset="17:00",
        zone="America/New_York",
        notes=(OPEN_LOSSES, HIGHER_OF_BOTH),
    ),
    "topstep-combine": Programme(
        title="Topstep Trading Combine",
        source="https://help.topstep.com/en/articles/8284204-what-is-the-maximum-loss-limit",
        drawdown=BySize({50_000: 2_000, 100_000: 3_000, 150_000: 4_500}),
        floor="end_of_day",
        locks_at=0,
        day_loss=None,
        reset="17:00",
        zone="America/Chicago",
        notes=(
            OPEN_LOSSES,
            "The firm sets no daily loss unless you choose one: then add a rule with yours.",
        ),
    ),
    "apex-end-of-day": Programme(
        title="Apex Trader Funding, EOD evaluation",
        source=(
            "https://apextraderfunding.com/help-center/eod-trailing-drawdown-accounts/"
            "eod-evaluations/"
        ),
        drawdown=BySize({25_000: 1_000, 50_000: 2_000, 100_000: 3_000, 150_000: 4_000}),
        floor="end_of_day",
        day_loss=BySize({25_000: 500, 50_000: 1_000, 100_000: 1_500, 150_000: 2_000}),
        reset="18:00",
        zone="America/New_York",
        notes=(
            OPEN_LOSSES,
            LOCK_BY_PLATFORM,
        ),
    ),
    "apex-intraday": Programme(
        title="Apex Trader Funding, intraday trailing evaluation",
        source=(
            "https://apextraderfunding.com/help-center/intraday-trailing-drawdown-accounts/"
            "intraday-trailing-drawdown-explained/"
        ),
        drawdown=BySize({25_000: 1_000, 50_000: 2_000, 100_000: 3_000, 150_000: 4_000}),
        floor="intraday",
        day_loss=None,
        reset="18:00",
        zone="America/New_York",
        notes=(
            "Open profit is as your candles tell it.",
            LOCK_BY_PLATFORM,
        ),
    ),
}
"""Every programme by the name of its preset."""
