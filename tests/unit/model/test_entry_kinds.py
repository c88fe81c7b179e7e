"""Words of brokers for what is no trade, in ours."""

from decimal import Decimal

import pytest

from coach.model.entries.kinds import ENTRY_KINDS, entry_kind


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("deposit", "deposit"),
        ("Receive", "deposit"),
        ("pro withdrawal", "deposit"),
        ("staking income", "reward"),
        ("rewards income", "reward"),
        ("referral kickback", "reward"),
        ("distribution", "reward"),
        ("binance convert", "convert"),
        ("small assets exchange bnb", "dust"),
        ("dustsweeping", "dust"),
        ("token swap - redenomination/rebranding", "rename"),
        ("funding fee", "funding"),
        ("funding rate change", "funding"),
        ("rollover", "funding"),
        ("staking", "reward"),
        ("earn reward", "reward"),
        ("earn allocation", "transfer"),
        ("realized profit and loss", "settlement"),
        ("settlement", "settlement"),
        ("transfer between main and funding wallet", "transfer"),
        ("retail staking transfer", "transfer"),
        ("simple earn flexible subscription", "transfer"),
        ("subscription", "fee"),
        ("commission history", "reward"),
        ("a word of tomorrow", "other"),
    ],
)
def test_a_word_is_known_for_what_it_means(word: str, kind: str) -> None:
    assert entry_kind(word, Decimal(1)) == kind


@pytest.mark.parametrize("word", ["send", "withdraw", "exchange deposit", "deposit", "donation"])
def test_which_way_the_coins_went_decides_between_deposit_and_withdrawal(word: str) -> None:
    assert entry_kind(word, Decimal(-1)) == "withdrawal"
    assert entry_kind(word, None) == "withdrawal"
    assert entry_kind(word, Decimal(1)) == "deposit"


@pytest.mark.parametrize("kind", ENTRY_KINDS)
def test_our_own_words_mean_themselves(kind: str) -> None:
    quantity = Decimal(-1) if kind == "withdrawal" else Decimal(1)
    assert entry_kind(kind, quantity) == kind
