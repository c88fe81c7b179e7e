"""What heavy work gives, wherever it is done: the same to the byte as in this process."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache

import pytest

from coach.engine.biases.detection import ours
from coach.engine.conclusions.conclude import ConclusionInputs, Conclusions
from coach.engine.features.history import History
from coach.engine.features.trader import Trader
from coach.engine.history.inputs import AnalysisInputs
from coach.engine.rules.schema import read_rule
from coach.engine.service.wire import encode
from coach.engine.service.work import HERE, HeavyWork
from coach.engine.what_if.answer import SimulationInputs
from coach.engine.what_if.books import matched, past_of
from coach.engine.what_if.scenario import Scenario
from coach.engine.what_if.simulate import Inputs
from coach.errors import ObjectTrouble, UsageError
from coach.model.canonical import canonical_json
from coach.model.plans import Plan
from coach.model.rules import Rule, RuleId
from tests.unit.what_if.conftest import lab_inputs

PAUSE = Rule(
    RuleId("pause"),
    "cooldown_after_loss",
    read_rule("cooldown_after_loss", {"minutes": 60}),
    active=True,
    note="ruhig bleiben",
    expires_at=datetime(2030, 1, 2, 3, 4, 5, 678901, UTC),
    lock_s=3_600,
    revision=3,
)
IDLE = replace(PAUSE, id=RuleId("idle"), active=False, expires_at=None)
PLANS = (
    Plan("p1", "stop", {"percent": 2}),
    Plan("p2", "only", {"symbols": ("BTC-USD", "ETH-USD")}, datetime(2026, 1, 1, tzinfo=UTC)),
)
QUESTIONS = {
    "nothing": SimulationInputs(Scenario()),
    "a rule": SimulationInputs(Scenario(rules=(PAUSE,), cap=Decimal("1.50")), split=4),
    "prices": SimulationInputs(
        Scenario(stop=Decimal(1), target=Decimal("2.5"), delay_us=900_000_000), compounding=True
    ),
    "the clock": SimulationInputs(Scenario(last_entry_s=64_800, losses=2, untouched=True), days=45),
}


@cache
def traded(seed: int, revenge: float = 0.0) -> Inputs:
    """Return a made-up trader who has declared plans."""
    inputs = lab_inputs(seed, days=60, revenge=revenge)
    return replace(inputs, trader=replace(inputs.trader, plans=PLANS))


def known(inputs: Inputs) -> History:
    """Return the history of those trades, with candles and the trader beside them."""
    past = past_of([trip for book in inputs.books for trip in matched(book)], inputs.books)
    return past.beside(past.orders, inputs.market, inputs.trader)


def bytes_of(found: Conclusions) -> bytes:
    """Return conclusions as bytes."""
    return encode({name: getattr(found, name) for name in Conclusions.__dataclass_fields__})


class WorkContract:
    """The suite; who runs it gives a fixture `work` with the work as it is done elsewhere."""

    @pytest.mark.parametrize("seed", [1, 2])
    def test_conclusions_are_the_same_to_the_byte(self, work: HeavyWork, seed: int) -> None:
        past = known(traded(seed, revenge=2.0))
        asked = ConclusionInputs([PAUSE, IDLE], "Europe/Madrid")
        there, here = work.score(past, asked), HERE.score(past, asked)
        assert here.findings
        assert here.breaches
        assert bytes_of(there) == bytes_of(here)
        assert there == here

    def test_an_empty_history_is_concluded_from(self, work: HeavyWork) -> None:
        past = known(replace(traded(1), books=[]))
        asked = ConclusionInputs([], "UTC")
        assert work.score(past, asked) == HERE.score(past, asked)

    def test_what_only_the_caller_knows_stays_with_it(self, work: HeavyWork) -> None:
        analysis = AnalysisInputs(warnings=("one",))
        trouble = ObjectTrouble(what="the bucket does not answer")
        asked = ConclusionInputs([IDLE], "UTC", analysis, trouble)
        past = known(traded(1))
        found = work.score(past, asked)
        assert found == HERE.score(past, asked)
        assert found.blind
        assert found.warnings == ("one",)

    def test_detectors_of_other_packages_take_part(self, work: HeavyWork) -> None:
        guest = replace(ours()[0], bias="guest.habit", formula="guest@1")
        asked = ConclusionInputs([], "UTC", AnalysisInputs(extra=(guest,)))
        found = work.score(known(traded(1)), asked)
        assert "guest.habit" in {one.bias for one in found.findings}

    @pytest.mark.parametrize("name", QUESTIONS)
    def test_a_what_if_is_the_same_to_the_byte(self, work: HeavyWork, name: str) -> None:
        inputs, question = traded(3), QUESTIONS[name]
        there, here = work.what_if(inputs, question), HERE.what_if(inputs, question)
        assert canonical_json(there, "ascii") == canonical_json(here, "ascii")

    def test_what_the_engine_refuses_is_refused_in_the_same_words(self, work: HeavyWork) -> None:
        inputs, question = traded(3), SimulationInputs(Scenario(), split=1_000)
        told = [refused(one, inputs, question) for one in (HERE, work)]
        assert told[0] == told[1]

    def test_exact_money_and_times_are_exact_there(self, work: HeavyWork) -> None:
        inputs = traded(4)
        money = Decimal("1000000000000000000000.0000000000000000000001")
        odd = replace(inputs, money=money, trader=Trader(zone="Asia/Kathmandu", equity=0.1))
        question = QUESTIONS["nothing"]
        assert work.what_if(odd, question) == HERE.what_if(odd, question)


def refused(work: HeavyWork, inputs: Inputs, question: SimulationInputs) -> tuple[type, str, str]:
    """Return the error with which a question is refused."""
    with pytest.raises(UsageError) as found:
        work.what_if(inputs, question)
    return type(found.value), str(found.value), found.value.hint
