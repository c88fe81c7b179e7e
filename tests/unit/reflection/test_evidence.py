"""What a pack claims: each number with its unit, its hedge and its sample."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from coach.engine.reflection.evidence import ReflectionInputs, TradeTally, build
from coach.engine.reflection.shape import SLOT, EvidencePack

Text = Callable[[str], str]


def test_a_habit_has_its_interval_its_sample_its_level_and_its_cost(text_of: Text) -> None:
    assert text_of("habit.revenge") == (
        "Quick, larger entries came 14 percentage points (likely 5 to 23) more often after losses"
        " than after wins, measured over 46 closed trades; the evidence is strong. It cost about"
        " 340.20 USD (likely 120.00 to 560.00)."
    )


def test_what_a_rule_may_explain_is_no_habit_and_has_no_cost(text_of: Text) -> None:
    assert text_of("pattern.size_after_win") == (
        "Entries were 14 % (likely 5 to 23) larger after wins than after losses, measured over 46"
        " closed trades: a rule of yours may explain it, so it is not called a habit before you say"
        " so."
    )


def test_an_effect_below_zero_is_said_by_its_size_the_other_way(inputs: ReflectionInputs) -> None:
    told = replace(inputs.findings[0], effect=-0.14, interval=(-0.23, -0.05))
    text = build(replace(inputs, findings=(told,))).of_kind("habit")[0].text
    assert text.startswith("Quick, larger entries came 14 percentage points (likely 5 to 23) less")


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("absent.disposition", "Tested and not found: winners sold sooner than losers"),
        ("unsure.fatigue", "There is not enough evidence yet to say anything of late trades"),
        ("trades", "In the last 90 days of your history 32 trades ended: 12 wins, 19 losses, 1 of"),
        ("money.1", "They brought -3,460.25 USD after 120.50 USD in fees."),
        ("rule.1", 'You promised "At most 3 new trades per day", and 7 trades broke it.'),
        ("kept", "You kept 1 active rule without a breach."),
    ],
)
def test_what_else_is_known_is_one_sentence_each(claim: str, text: str, text_of: Text) -> None:
    assert text_of(claim).startswith(text)


def test_a_trader_who_closed_nothing_hears_that(inputs: ReflectionInputs) -> None:
    bare = replace(inputs, tally=TradeTally(0, {}, {}), findings=(), rules=(), breaches={})
    [claim] = build(bare).claims
    assert claim.text == "No trade was closed in the last 90 days of your history."


def test_every_slot_of_a_sentence_is_there_and_every_slot_is_used(pack: EvidencePack) -> None:
    for claim in pack.claims:
        assert SLOT.findall(claim.sentence) == [slot.name for slot in claim.slots]


def test_no_sentence_holds_a_digit_outside_its_slots(pack: EvidencePack) -> None:
    bare = [SLOT.sub("", claim.sentence) for claim in pack.claims]
    assert not [text for text in bare if any(map(str.isdigit, text))]


def test_every_claim_names_what_it_rests_on(pack: EvidencePack) -> None:
    assert all(claim.evidence for claim in pack.claims)
    assert len({claim.id for claim in pack.claims}) == len(pack.claims)


def test_the_same_inputs_give_the_same_pack_whatever_their_order(inputs: ReflectionInputs) -> None:
    money = {"EUR": (Decimal(1), Decimal(0)), "USD": (Decimal(2), Decimal(0))}
    one = replace(inputs, tally=replace(inputs.tally, money=money))
    turned = dict(reversed(money.items()))
    other = replace(inputs, tally=replace(inputs.tally, money=turned), rules=inputs.rules[::-1])
    assert build(one).as_json() == build(other).as_json()
