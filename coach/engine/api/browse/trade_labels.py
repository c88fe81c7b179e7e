"""What the trader said of one trade, and of which of its tags nothing was said yet."""

from dataclasses import dataclass

from coach.engine.api.session import Session
from coach.engine.store.browse import trade_keys
from coach.engine.store.promises import labels
from coach.model.insights import Bias
from coach.model.labels import Answer, Label
from coach.model.trades import TradeId


@dataclass(frozen=True, slots=True)
class TradeLabels:
    """The habits that a trade is tagged with, and the answers about it by habit."""

    tagged: tuple[Bias, ...]
    answers: dict[Bias, Label]

    @property
    def unlabelled(self) -> tuple[Bias, ...]:
        """Return the tags that nothing was said of."""
        return tuple(bias for bias in self.tagged if bias not in self.answers)

    def answer(self, bias: Bias) -> Answer | None:
        """Return what was said of a habit; None where nothing was."""
        return self.answers[bias].answer if bias in self.answers else None


def trade_labels(session: Session, trade: TradeId) -> TradeLabels:
    """Return the tags of a trade and what was said of it."""
    connection, user_id = session.connection, session.user.id
    tags = trade_keys.tagged_of(connection, user_id, [trade])
    given = [one for one in labels.labels(connection, user_id) if one.trade_id == trade]
    return TradeLabels(tags.get(trade, ()), {one.bias: one for one in given})
