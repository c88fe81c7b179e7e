"""What the tools of an agent take; anything else in a call is refused."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

MOST_ROWS = 200
USUAL_ROWS = 25
USUAL_WITHIN = 20
IDS_OF_EACH_HABIT = 3
LONGEST_WORD = 200
NUL = "\0"

Days = Annotated[int, Field(ge=1, le=36_500, description="How many days to look back.")]
Since = Annotated[
    str | None, Field(description="From here on: 30d, a day, a week such as 2026-W14, or a time.")
]
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS, description="At most so many rows.")]
After = Annotated[
    str | None, Field(description="The rows after this one, oldest first; without it the newest.")
]
Within = Annotated[
    int | None,
    Field(ge=1, le=MOST_ROWS, description="At most so many of each list within the answer."),
]
Amount = Annotated[str, Field(description="A decimal as text, such as 0.5.")]
Minutes = Annotated[float | None, Field(gt=0, description="In minutes.")]
Percent = Annotated[str | None, Field(description="In percent, as text, such as 2.")]


class ToolCall(BaseModel):
    """The parameters of a tool."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=LONGEST_WORD)

    @field_validator("*")
    @classmethod
    def refuse_nul(cls, value: object) -> object:
        """Refuse the one character that no text of a database can hold."""
        words = value if isinstance(value, tuple) else (value,)
        if any(isinstance(word, str) and NUL in word for word in words):
            raise ValueError("a text without the character NUL is expected")
        return value

    @property
    def most_within(self) -> int:
        """Return how many of a list within the answer are shown."""
        return MOST_ROWS


class NestedCall(ToolCall):
    """What is answered by lists within lists, of which few are shown unless more are asked for."""

    within: Within = None

    @property
    def most_within(self) -> int:
        """Return how many of a list within the answer are shown."""
        return self.within or USUAL_WITHIN


class StatusCall(ToolCall):
    """No parameters."""


class TradesCall(ToolCall):
    """Which round trips."""

    since: Since = None
    symbol: Annotated[str | None, Field(description="Only this one, such as BTC-USD.")] = None
    still_open: Annotated[bool, Field(description="Those that are open, instead.")] = False
    after: After = None
    limit: Limit = USUAL_ROWS


class HabitsCall(NestedCall):
    """How far to look back, and for which habit."""

    days: Days = 90
    habit: Annotated[str | None, Field(description="Only this one, such as revenge.")] = None

    @property
    def most_within(self) -> int:
        """Return how many of an inner list are shown: of all habits fewer than of one."""
        return self.within or (IDS_OF_EACH_HABIT if self.habit is None else USUAL_WITHIN)


class WhyCall(NestedCall):
    """What is to be explained."""

    what: Annotated[str, Field(description="The id of a trade, or its beginning, or a habit.")]
    days: Days = 90


class RulesCall(ToolCall):
    """From when on breaches are counted."""

    since: Since = None


class BreachesCall(ToolCall):
    """Which breaches."""

    rule: Annotated[str | None, Field(description="Of this rule alone.")] = None
    since: Since = None
    after: After = None
    limit: Limit = USUAL_ROWS


class DigestCall(NestedCall):
    """Which week."""

    week: Annotated[str | None, Field(description="Such as 2026-W14; else the last one.")] = None


class SimulateCall(NestedCall):
    """Under which other rules the trades are replayed; without any, as they were."""

    rules: Annotated[
        tuple[str, ...], Field(description="Ids of rules: skip what they forbid.")
    ] = ()
    skip_after_loss: Minutes = None
    no_trade_after: Annotated[str | None, Field(description="Skip entries after HH:MM.")] = None
    stop_after_losses: Annotated[int | None, Field(ge=1, description="Skip the day then.")] = None
    cap_size: Annotated[str | None, Field(description="At most times the usual size.")] = None
    delay: Minutes = None
    stop: Percent = None
    target: Percent = None
    untouched: Annotated[bool, Field(description="No adds and no partial exits.")] = False
    days: Annotated[int | None, Field(ge=1, description="Entries of so many days.")] = None
    split: Annotated[int | None, Field(ge=1, description="Learn on so many weeks.")] = None


class CheckCall(ToolCall):
    """A trade that its trader is considering."""

    symbol: Annotated[str, Field(description="Such as BTC-USD.")]
    side: Annotated[str, Field(description="buy or sell.")]
    quantity: Amount
    price: Annotated[
        str | None, Field(description="As text; without it that of the last fill there.")
    ] = None
