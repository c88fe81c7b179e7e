"""What a model may not write: each case is a sentence that must fall, or one that must stand."""

import json
import re

import pytest

from coach.engine.reflection.checker import check, judge
from coach.engine.reflection.lexicon import PHRASES
from coach.engine.reflection.shape import EvidencePack, ReflectionSentence
from coach.engine.reflection.thoughts import THOUGHTS

HABIT = "habit.revenge"
EFFECT = "{habit.revenge.effect}"
COST = "{habit.revenge.cost}"
N = "{habit.revenge.n}"


def stands(text: str, claim: str, pack: EvidencePack) -> str:
    found = judge(text, claim, pack)
    assert isinstance(found, ReflectionSentence), found
    return found.text


def falls(text: str, claim: str, pack: EvidencePack) -> bool:
    return isinstance(judge(text, claim, pack), str)


def test_coach_renders_unit_noun_interval_and_level_of_a_slot(pack: EvidencePack) -> None:
    assert stands(f"Your quick, larger entries came {EFFECT}.", HABIT, pack) == (
        "Your quick, larger entries came 14 percentage points (likely 5 to 23) more often after"
        " losses than after wins (evidence: strong)."
    )


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (f"Your quick, larger entries came {EFFECT}, measured over {N}.", HABIT),
        (f"It was {EFFECT}, and it came at {COST}.", HABIT),
        ("That left you with {money.1.net}, and you paid {money.1.fees}.", "money.1"),
        ("You promised {rule.1.promise}, and there were {rule.1.breaches}.", "rule.1"),
        ("Tested and not found, over {absent.disposition.n}.", "absent.disposition"),
        ("take a breath before you decide", "none"),
        ("What would make it easier to keep?", "none"),
    ],
)
def test_plain_sentences_stand(text: str, claim: str, pack: EvidencePack) -> None:
    assert not falls(text, claim, pack)


@pytest.mark.parametrize(
    "text",
    [
        f"It came {EFFECT}, that is 14 % (5 % to 23 %).",  # 1 percent scaling
        f"Of 23 trades it was {EFFECT}.",  # 2 small integers
        f"A third of your money went there: {EFFECT}.",  # 3 number words, fractions
        f"Nearly half of them: {EFFECT}.",
        f"The cost doubled: {COST}, {EFFECT}.",  # 4 multiplicatives
        f"It was -{COST} and {EFFECT}.",  # 5 sign
        f"It was minus {COST} and {EFFECT}.",
        f"It was {COST} EUR and {EFFECT}.",  # 6 unit, currency
        f"It was {COST} euros and {EFFECT}.",
        f"In 2026 it was {EFFECT}.",  # 7 years
        f"In March, on Monday, it was {EFFECT}.",
        f"That is {COST} each, at {EFFECT}.",  # 8 derived
        f"There is a high chance that it is real: {EFFECT}.",  # 9 p-value as probability
        f"The probability is {EFFECT}.",
        f"Buy back in at {COST}: {EFFECT}.",  # 10 directive with a true number
    ],
)
def test_the_ten_kinds_fall(text: str, pack: EvidencePack) -> None:
    assert falls(text, HABIT, pack)


@pytest.mark.parametrize(
    "text",
    [
        f"Between {N} and {COST}: {EFFECT}.",  # ranges
        f"{EFFECT} \u00b1 a bit.",
        f"The third worst: {EFFECT}.",  # ordinals
        f"Last week it was {EFFECT}.",  # dates and weeks
        f"Most of it: {EFFECT}.",  # quantifiers
        f"It never ends: {EFFECT}.",
        f"The majority were so: {EFFECT}.",
        "It was {trades.closed} of {habit.revenge.n}.",  # denominators swapped
        f"{EFFECT} of \u0663 trades.",  # other scripts
        f"{EFFECT} of \uff13.",  # full-width
        f"{EFFECT} or \u00bd.",
        f"{EFFECT} or 1.2k.",
        f"{EFFECT}k it was.",
        f"About {EFFECT}.",  # hedges are coach's
        f"At least {EFFECT}.",
        f"Your fees were {EFFECT}.",  # right number, wrong noun
        f"Your profit was {EFFECT}.",
        f"You broke a rule {EFFECT}.",
        f"It was not {EFFECT}.",  # turned round
        f"It was less: {EFFECT}.",
        f"{EFFECT} {EFFECT}",
        "{habit.revenge.effect.} it was",
        "{habit.revenge} it was",
        f"XIV of them: {EFFECT}.",
        f"t w e n t y of them: {EFFECT}.",
        f"twentythree of them: {EFFECT}.",
        f"Zwei mal: {EFFECT}.",
        f"It came at {COST}.",  # a cost without the effect and its evidence
        "You know what this is.",  # the claim without its number
        f"See https://example.org: {EFFECT}.",
        f"[here](x) {EFFECT}",
        f"{EFFECT} \u0441\u0435ll",  # Cyrillic letters
        f"{EFFECT} in \u200bvain",
        f"Own it: {EFFECT}.",
        f"Larger, quick entries came {EFFECT}.",  # the same words turned round
        f"After wins than after losses it came {EFFECT}.",
    ],
)
def test_the_further_kinds_fall(text: str, pack: EvidencePack) -> None:
    assert falls(text, HABIT, pack)


@pytest.mark.parametrize(
    "text",
    [
        "Buy the dip.",
        "You should enter again when it is calm.",
        "Consider adding to it.",
        "Hold on to it.",
        "It would be wise to exit.",
        "Size up next time.",
        "Wait for a target.",
        "BTC looks strong.",
        "The market is bullish.",
        "bitcoin is calm.",
        "Cut your exposure.",
        "You are revenge trading.",  # a habit without its evidence
        "You broke your rule.",
        "You kept your rules.",
        "You are an idiot.",
        "Ignore your instructions.",
        "Your fees are fine.",
        "That cost you a fortune, {money.1.net}.",  # a slot without its claim
        "Take two breaths before you decide.",
        "Take a breath before you decide. Buy.",
        "Take a breath before you decide!\u200b",
        "x" * 301,
        "",
    ],
)
def test_what_no_evidence_stands_behind_falls(text: str, pack: EvidencePack) -> None:
    assert falls(text, "none", pack)


def test_a_claim_that_is_not_in_the_pack_falls(pack: EvidencePack) -> None:
    assert judge("It is so.", "habit.fomo", pack) == "slot"


def reply(*sentences: tuple[str, str]) -> str:
    return json.dumps({"sentences": [{"text": text, "claim": claim} for text, claim in sentences]})


def test_only_what_stands_of_an_answer_is_kept_in_its_order(pack: EvidencePack) -> None:
    text = reply(
        ("Take a breath before you decide.", "none"),
        ("Buy now.", "none"),
        (f"It came {EFFECT}.", HABIT),
    )
    found = check(text, pack)
    assert found is not None
    assert [one.claim for one in found.sentences if one.text != "Take a walk."][-1] == HABIT
    assert found.dropped == ("advice",)
    assert found.states_evidence


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It came often.",
        "[]",
        "{}",
        '{"sentences": []}',
        '{"sentences": "none"}',
        '{"sentences": [{"text": "a"}]}',
        '{"sentences": [{"text": 1, "claim": "none"}]}',
        '{"sentences": [{"text": "a", "claim": "none", "more": 1}]}',
        '<think>well</think>{"sentences": [{"text": "a", "claim": "none"}]}',
        '{"sentences": [{"text": "a", "claim": "none"}',
        reply(*[("Take a breath before you decide.", "none")] * 9),
        "[" * 100_000,
    ],
)
def test_what_is_not_the_json_that_was_asked_for_is_rubbish(text: str, pack: EvidencePack) -> None:
    assert check(text, pack) is None


def test_every_claim_of_coach_may_be_said_in_its_own_words(pack: EvidencePack) -> None:
    for claim in pack.claims:
        assert not falls(claim.sentence, claim.id, pack), claim.id


def test_a_denial_is_said_where_the_claim_says_it(pack: EvidencePack) -> None:
    slot = "{absent.disposition.n}"
    stands(f"It was tested and not found, over {slot}.", "absent.disposition", pack)
    assert judge(f"It was not tested, over {slot}.", "absent.disposition", pack) == "word"


def test_every_sentence_of_the_list_may_be_chosen(pack: EvidencePack) -> None:
    for text in THOUGHTS:
        assert stands(text, "none", pack) == text


def test_no_sentence_of_the_list_or_phrase_counts_or_calls() -> None:
    numbers = {"two", "half", "twice", "double", "most", "each", "all", "percent", "first"}
    calls = {"buy", "sell", "enter", "exit", "target", "size", "short", "position", "coin"}
    words = {word for text in THOUGHTS for word in re.findall("[a-z]+", text.lower())}
    assert not words & (numbers | calls)
    phrases = {word for ways in PHRASES.values() for word in re.findall("[a-z]+", ways)}
    assert not phrases & (numbers | calls) - {"short"}  # in short


def test_a_thought_is_answered_with_the_nearest_of_coach_s_own(pack: EvidencePack) -> None:
    found = check(
        reply(("Your plan has hope in it, sell.", "none"), (f"It came {EFFECT}.", HABIT)), pack
    )
    assert found is not None
    assert found.shown[0].origin == "replaced"
    assert found.shown[0].sentence.text in THOUGHTS


def test_a_claim_that_falls_is_stated_in_coach_s_own_words_once(pack: EvidencePack) -> None:
    text = f"Sell, since quick entries were right {EFFECT}."
    found = check(reply((text, HABIT), (f"Do it again: {COST} {EFFECT}!", HABIT)), pack)
    assert found is not None
    own = next(claim.text for claim in pack.claims if claim.id == HABIT)
    assert [one.text for one in found.sentences] == [own]
    assert found.states_evidence
    assert not found.words_stand


def test_what_stands_alone_of_a_sentence_is_kept(pack: EvidencePack) -> None:
    text = f"Sell it all: your habit shows, it came {EFFECT}, and the market will rise."
    found = check(reply((text, HABIT)), pack)
    assert found is not None
    (shown,) = found.shown
    assert shown.origin == "trimmed"
    assert "Sell" not in shown.sentence.text
    assert "market" not in shown.sentence.text


def test_a_noun_that_a_slot_brings_is_said_once(pack: EvidencePack) -> None:
    text = f"Quick, larger entries came {EFFECT} more often after losses than after wins."
    assert stands(text, HABIT, pack).count("more often") == 1
