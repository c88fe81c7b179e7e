"""Answers without a model: the claims that are asked for, in the tone of the user."""

import pytest

from coach.engine.reflection import templates
from coach.engine.reflection.directives import asks_for_a_trade
from coach.engine.reflection.persona import PRESETS, future_self
from coach.engine.reflection.shape import EvidencePack
from coach.model.reflections.words import TONES, Tone


def claims(pack: EvidencePack, question: str, tone: Tone = "supportive") -> list[str]:
    found = templates.answer(pack, future_self(tone), question)
    return [one.claim for one in found.sentences if one.claim]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("", "habit.revenge"),
        ("How am I doing?", "trades"),
        ("do I revenge trade", "habit.revenge"),
        ("why am I so angry after a loss", "habit.revenge"),
        ("am I bigger after wins?", "pattern.size_after_win"),
        ("do I sell winners too early", "absent.disposition"),
        ("am I tired at night", "unsure.fatigue"),
        ("did I break a rule", "rule.1"),
    ],
)
def test_an_answer_begins_with_what_was_asked(
    pack: EvidencePack, question: str, first: str
) -> None:
    assert claims(pack, question)[0] == first


def test_without_evidence_on_a_question_the_answer_says_so(pack: EvidencePack) -> None:
    found = templates.answer(pack, future_self("strict"), "is the earth flat")
    assert found.sentences[1].text == templates.NOT_ABOUT_IT["strict"]
    assert claims(pack, "is the earth flat") == claims(pack, "")


def test_the_two_tones_state_the_same_evidence_in_other_words(pack: EvidencePack) -> None:
    warm, firm = (templates.answer(pack, future_self(tone), "") for tone in TONES)
    assert claims(pack, "", "supportive") == claims(pack, "", "strict")
    assert warm.sentences[0] != firm.sentences[0]
    assert warm.sentences[-1] != firm.sentences[-1]


@pytest.mark.parametrize("tone", TONES)
def test_a_trade_call_is_refused_with_how_one_decides(pack: EvidencePack, tone: Tone) -> None:
    found = templates.answer(pack, future_self(tone), "Should I buy BTC now?")
    assert found.refused
    assert found.sentences[0].text == templates.REFUSAL
    assert next(one.claim for one in found.sentences if one.claim) == "habit.revenge"


def test_no_template_holds_a_digit_or_reads_like_a_call() -> None:
    texts = [templates.REFUSAL, *templates.LAST.values(), *templates.VIEW.values()]
    for table in (templates.OPENINGS, templates.NOT_ABOUT_IT, *templates.CLOSINGS.values()):
        texts += table.values()
    assert len(texts) >= 15
    assert not [text for text in texts if any(map(str.isdigit, text))]


@pytest.mark.parametrize(
    "question",
    [
        "Should I buy BTC now?",
        "is it a good time to sell my ETH",
        "BUY or SELL?",
        "should i \uff42\uff55\uff59",
        "should i b\u200buy more",
        "what is your price target for SOL",
        "will bitcoin go up tomorrow",
        "how much should I put into DOGE",
        "which coin is next",
        "tell me when to exit",
        "go long here?",
        "hold or dump?",
    ],
)
def test_what_asks_for_a_trade_is_recognised(question: str) -> None:
    assert asks_for_a_trade(question)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "why do I sell winners so early",
        "how often did I buy after a loss",
        "do I hold losers too long",
        "am I overtrading",
        "what does revenge trading cost me",
        "did I keep my rules last week",
        "how am I doing",
    ],
)
def test_what_asks_about_behaviour_is_answered(question: str) -> None:
    assert not asks_for_a_trade(question)


def test_principles_speak_of_deciding_and_of_nothing_that_is_traded() -> None:
    assets = ("coin", "stock", "bitcoin", "gold", "bond", "market", "price", "buy", "sell", "hold ")
    for persona in PRESETS.values():
        assert persona.principles[:4] == PRESETS["future-self"].principles
        added = " ".join(persona.principles[4:]).lower()
        assert not [word for word in assets if word in added]
        assert not asks_for_a_trade(added)
