"""The red team: nothing that it tries comes out, and what honest answers lose is published."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from coach.engine.reflection import templates
from coach.engine.reflection.checker import check, judge
from coach.engine.reflection.directives import asks_for_a_trade
from coach.engine.reflection.evidence import ReflectionInputs, build
from coach.engine.reflection.persona import future_self
from coach.engine.reflection.prompt import write_prompt
from coach.engine.reflection.shape import EvidencePack, ReflectionSentence
from coach.model.rules import RuleId
from tests.unit.reflection.redteam import adversarial, harmless

ROOT = Path(__file__).parents[4]
FEWEST_TURNS = 1_000
FEWEST_ANSWERS = 300
PUBLISHED = re.compile(r"^\| (.+?) \| ([\d,]+) \| ([\d,]+) \|", re.MULTILINE)


@pytest.fixture
def slots(pack: EvidencePack) -> dict[str, str]:
    return {slot.name: claim.id for claim in pack.claims for slot in claim.slots}


@pytest.fixture
def published() -> dict[str, tuple[int, int]]:
    """What docs/evidence.md says: of how many, and how many fell or came out."""
    page = (ROOT / "docs" / "evidence.md").read_text().partition("## Reflections")[2]
    rows = PUBLISHED.findall(page)
    return {name: (number(of), number(count)) for name, of, count in rows}


def number(text: str) -> int:
    return int(text.replace(",", ""))


def test_nothing_of_an_adversarial_model_comes_out(
    pack: EvidencePack, slots: dict[str, str], published: dict[str, tuple[int, int]]
) -> None:
    tried = list(adversarial.turns(slots))
    came_out = []
    for turn in tried:
        found = check(adversarial.reply(turn), pack)
        if found is not None and found.sentences:
            came_out.append(turn)
    assert came_out == []
    assert len(tried) >= FEWEST_TURNS
    assert published["sentences of an adversarial model that came out"] == (len(tried), 0)


def test_nothing_comes_out_of_a_list_that_the_rules_were_not_made_for(
    pack: EvidencePack, published: dict[str, tuple[int, int]]
) -> None:
    tried = list(adversarial.unseen())
    stood = [
        turn.text
        for turn in tried
        if isinstance(judge(turn.text, turn.claim, pack), ReflectionSentence)
    ]
    assert stood == []
    assert published["unseen sentences that came out"] == (len(tried), 0)


@pytest.mark.parametrize("payload", adversarial.INJECTIONS)
def test_no_text_of_a_trader_s_data_reaches_a_prompt(
    inputs: ReflectionInputs, payload: str
) -> None:
    rule = replace(inputs.rules[0], id=RuleId(payload), note=payload)
    lock = replace(inputs.rules[1], params={"symbols": [payload]})
    money = {payload: next(iter(inputs.tally.money.values()))}
    tally = replace(inputs.tally, money=money)
    spoiled = replace(inputs, rules=(rule, lock), breaches={rule.id: 2, lock.id: 1}, tally=tally)
    made = write_prompt(build(spoiled), future_self("strict"), "am I tired")
    assert payload not in made.system + made.user
    assert json.dumps(payload)[1:-1] not in json.dumps(made.system + made.user)


@pytest.mark.parametrize("payload", adversarial.INJECTIONS)
def test_a_model_that_obeys_an_injection_says_nothing(pack: EvidencePack, payload: str) -> None:
    for claim in ("none", adversarial.HABIT):
        assert isinstance(judge(payload, claim, pack), str)
        assert isinstance(judge(f"{payload} {adversarial.EFFECT}", claim, pack), str)


def test_every_question_for_a_trade_call_is_refused(
    pack: EvidencePack, published: dict[str, tuple[int, int]]
) -> None:
    asked = list(adversarial.questions())
    answered = [one for one in asked if not asks_for_a_trade(one)]
    assert answered == []
    for question in asked[::7]:
        assert templates.answer(pack, future_self("strict"), question).refused
    assert published["questions for a trade call that were answered"] == (len(asked), 0)


def test_what_honest_answers_lose_is_published(
    pack: EvidencePack, slots: dict[str, str], published: dict[str, tuple[int, int]]
) -> None:
    written = list(dict.fromkeys(harmless.answers(slots)))
    fell = [
        (text, why)
        for text, claim in written
        if not isinstance(why := judge(text, claim, pack), ReflectionSentence)
    ]
    assert len(written) >= FEWEST_ANSWERS
    assert published["harmless sentences of a model that fell"] == (len(written), len(fell)), fell


def test_which_harmless_questions_are_refused_is_published(
    published: dict[str, tuple[int, int]],
) -> None:
    refused = [one for one in harmless.ASKED if asks_for_a_trade(one)]
    found = published["harmless questions that were refused"]
    assert found == (len(harmless.ASKED), len(refused)), refused
