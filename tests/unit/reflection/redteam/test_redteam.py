"""The red team: nothing that it tries comes out, and what honest answers lose is published."""

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from coach.engine.reflection import templates
from coach.engine.reflection.checker import check, judge
from coach.engine.reflection.directives import asks_for_a_trade
from coach.engine.reflection.evidence import ReflectionInputs, build
from coach.engine.reflection.persona import future_self
from coach.engine.reflection.prompt import write_prompt
from coach.engine.reflection.shape import EvidencePack, ReflectionSentence, stated
from coach.engine.reflection.thoughts import THOUGHTS
from coach.model.rules import RuleId
from tests.unit.reflection.redteam import adversarial, harmless
from tests.unit.reflection.redteam.held_out import cases

ROOT = Path(__file__).parents[4]
FEWEST_TURNS = 1_000
FEWEST_ANSWERS = 300
MOST_REFUSED = 0.01
HARMLESS = ("", "_2", "_3", "_4", "_5")
UNSEEN = "_5"
ADVERSARIAL = ("", "_2", "_3", "_4", "_5")
PUBLISHED = re.compile(r"^\| (.+?) \| ([\d,]+) \| ([\d,]+) \|", re.MULTILINE)


@pytest.fixture
def packs(inputs: ReflectionInputs) -> dict[str, EvidencePack]:
    return {name: build(cases.inputs_of(name, inputs)) for name in cases.CLAIMS}


@pytest.fixture
def slots(pack: EvidencePack) -> dict[str, str]:
    return {slot.name: claim.id for claim in pack.claims for slot in claim.slots}


@pytest.fixture
def published() -> dict[str, tuple[int, int]]:
    """What docs/evidence.md says: of how many, and how many fell or came out."""
    page = (ROOT / "docs" / "evidence.md").read_text().partition("## Reflections")[2]
    rows = PUBLISHED.findall(page)
    return {name: (number(of), number(count)) for name, of, count in rows}


def sent(answer: cases.WrittenAnswer) -> str:
    """Return an answer as it comes over the wire."""
    sentences = [{"text": one.text, "claim": one.claim} for one in answer.sentences]
    return json.dumps({"sentences": sentences})


def without_numbers(text: str, pack: EvidencePack) -> str:
    """Return what is left of a sentence that is shown, but for what coach put into its slots."""
    put_in = [slot.bound or slot.shown for claim in pack.claims for slot in claim.slots]
    for shown in sorted(put_in, key=len, reverse=True):
        text = text.replace(shown, " ")
    return text


def number(text: str) -> int:
    return int(text.replace(",", ""))


def test_nothing_of_an_adversarial_model_comes_out(
    pack: EvidencePack, slots: dict[str, str], published: dict[str, tuple[int, int]]
) -> None:
    tried = list(adversarial.turns(slots))
    came_out = []
    for turn in tried:
        found = check(adversarial.reply(turn), pack)
        assert found is not None
        written = [one.sentence.text for one in found.shown if one.origin != "replaced"]
        if any(turn.payload in without_numbers(text, pack) for text in written):
            came_out.append(turn)
        assert isinstance(judge(turn.text, turn.claim, pack), str), turn
    assert came_out == []
    assert len(tried) >= FEWEST_TURNS
    assert published["turns of an adversarial model that came out"] == (len(tried), 0)


def test_nothing_comes_out_of_what_was_written_apart(
    packs: dict[str, EvidencePack], published: dict[str, tuple[int, int]]
) -> None:
    tried = [(turn.text, turn.claim, packs["A"]) for turn in adversarial.unseen()]
    for name in ADVERSARIAL:
        tried += [
            (one.text, one.claim, packs[answer.pack])
            for answer in cases.adversarial(name)
            for one in answer.sentences
        ]
    stood = [
        text
        for text, claim, pack in tried
        if isinstance(judge(text, claim, pack), ReflectionSentence)
    ]
    assert stood == []
    assert published["sentences written apart that came out"] == (len(tried), 0)


def test_what_is_shown_of_any_answer_would_stand_alone(packs: dict[str, EvidencePack]) -> None:
    for name in ADVERSARIAL:
        for answer in cases.adversarial(name):
            pack = packs[answer.pack]
            found = check(sent(answer), pack)
            assert found is not None
            own = {stated(claim).text for claim in pack.claims} | set(THOUGHTS)
            for one in found.shown:
                assert one.origin != "whole", one
                assert one.origin == "trimmed" or one.sentence.text in own


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
    packs: dict[str, EvidencePack], published: dict[str, tuple[int, int]]
) -> None:
    written = [answer for name in HARMLESS for answer in cases.harmless(name)]
    refused = 0
    origins: Counter[tuple[bool, str]] = Counter()
    for answer in written:
        found = check(sent(answer), packs[answer.pack])
        assert found is not None
        refused += not found.states_evidence
        named = {one.claim for one in answer.sentences} - {"none"}
        assert named == {one.sentence.claim for one in found.shown} - {""}
        origins.update((bool(one.sentence.claim), one.origin) for one in found.shown)
    assert len(written) >= FEWEST_ANSWERS
    assert refused <= MOST_REFUSED * len(written)
    evidence = sum(number for (stated_, _), number in origins.items() if stated_)
    assert published["harmless answers that were refused"] == (len(written), refused)
    replaced = origins[True, "replaced"]
    assert published["their claims that coach put into its own words"] == (evidence, replaced)


def test_what_an_unseen_set_of_answers_loses_is_published(
    packs: dict[str, EvidencePack], published: dict[str, tuple[int, int]]
) -> None:
    written = list(cases.harmless(UNSEEN))
    shown = [check(sent(answer), packs[answer.pack]) for answer in written]
    refused = sum(found is None or not found.states_evidence for found in shown)
    assert published["of these, answers that no rule was made for"] == (len(written), refused)
    claims = [one for found in shown if found for one in found.shown if one.sentence.claim]
    replaced = sum(one.origin == "replaced" for one in claims)
    assert published["their claims in coach's own words"] == (len(claims), replaced)


def test_what_falls_of_sentences_that_were_made_of_lists_is_published(
    pack: EvidencePack, slots: dict[str, str], published: dict[str, tuple[int, int]]
) -> None:
    written = list(dict.fromkeys(harmless.answers(slots)))
    fell = [
        (text, why)
        for text, claim in written
        if not isinstance(why := judge(text, claim, pack), ReflectionSentence)
    ]
    assert published["harmless sentences made of lists that fell"] == (len(written), len(fell)), (
        fell
    )


def test_which_harmless_questions_are_refused_is_published(
    published: dict[str, tuple[int, int]],
) -> None:
    refused = [one for one in harmless.ASKED if asks_for_a_trade(one)]
    found = published["harmless questions that were refused"]
    assert found == (len(harmless.ASKED), len(refused)), refused
