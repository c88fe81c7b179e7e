"""What a digest says of checks, commitments and confidence, and that it says nothing without."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from coach.engine.digest import pack, render
from coach.engine.digest.asked import known_until
from coach.engine.digest.inputs import DigestInputs
from coach.model.promises.checks import (
    CheckAnswer,
    CheckId,
    FillAfterCheck,
    KeptCheck,
    LargestSize,
)
from coach.model.promises.commitments import Commitment, CommitmentId
from coach.model.promises.confidence import BrierScore
from coach.model.rules import Breach, Rule, RuleId
from tests.numerals import unsupported

SIGNED = datetime(2026, 1, 5, 9, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def check(text: str, *, warned: bool = True) -> KeptCheck:
    broken = (CheckAnswer(RuleId("pause"), 1, "broken", "too soon"),) if warned else ()
    return KeptCheck(
        id=CheckId(text),
        asked_at=at(text),
        symbol="BTC-USD",
        side="buy",
        quantity=Decimal(1),
        price=None,
        action="opens",
        answers=broken,
        largest=LargestSize("no size" if warned else "no limit"),
    )


def text_of(inputs: DigestInputs) -> str:
    made = pack.build(inputs)
    text = render.text(made)
    assert unsupported(text, made) == []
    return " ".join(text.split())


def test_a_week_without_checks_and_commitments_has_the_bytes_it_always_had(
    week: DigestInputs,
) -> None:
    """
    2026-03-30 09:00 BTC-USD net 12.50 fees 1.50, closed 2026-03-30 10:00
    """
    made = pack.build(week)
    assert "asked" not in made
    assert not {"checks", "fills_after_checks", "confidence", "commitments"} & made["inputs"].keys()
    assert known_until(made) is None


def test_checks_of_the_week_are_counted_with_what_was_done(week: DigestInputs) -> None:
    """
    2026-03-30 09:00 BTC-USD net 12.50 fees 1.50, closed 2026-03-30 10:00
    2026-03-31 09:00 BTC-USD
    """
    checks = (
        check("2026-03-28 09:00"),
        check("2026-03-30 08:30"),
        check("2026-03-31 12:00"),
        check("2026-04-05 21:30"),
        check("2026-03-31 08:30", warned=False),
    )
    fills = (FillAfterCheck("BTC-USD", "buy", at("2026-03-30 09:00"), Decimal(1)),)
    asked = replace(week, checks=checks, fills_after=fills)
    text = text_of(asked)
    assert "4 checks [e" in text
    made = pack.build(asked)
    figures = {
        one["say"]: {name: figure["shown"] for name, figure in one["figures"].items()}
        for one in made["asked"]
    }
    assert figures == {
        "asked.before": {"checks": "4 checks", "asked": "2", "trades": "2 trades"},
        "asked.followed": {"followed": "1", "answers": "2 answers"},
        "asked.pending": {"pending": "1 answer"},
    }
    assert known_until(made) == at("2026-04-05 22:00")
    shuffled = replace(asked, checks=checks[::-1])
    assert pack.sha256(pack.build(shuffled)) == pack.sha256(made)


def test_confidence_is_scored_or_said_to_be_too_little(week: DigestInputs) -> None:
    """
    2026-03-30 09:00 BTC-USD
    """
    few = text_of(replace(week, confidence=BrierScore(9, 7, 4)))
    assert "given for 7 closed trades" in few
    assert "it takes 20 closed trades" in few
    enough = BrierScore(30, 25, 15, 0.2134, (0.15, 0.28), 0.72)
    text = text_of(replace(week, confidence=enough))
    for part in ("72 %", "25 closed trades", "60 %", "0.21", "0.15 and 0.28"):
        assert part in text


def test_what_was_signed_stands_below_the_breach(
    week: DigestInputs, rule: Callable[..., Rule], breach: Callable[..., Breach]
) -> None:
    """
    2026-03-30 09:00 BTC-USD
    """
    broken, kept = rule("max_trades_per_day", limit=5), rule("symbol_lock", symbols=["ETH"])
    signed = tuple(
        Commitment(CommitmentId(number), text, about, SIGNED)
        for number, (text, about) in enumerate(
            (
                ("Count them\nslowly.", broken.id),
                ("Breathe, and *wait*.", None),
                ("Leave ETH.", kept.id),
            ),
            1,
        )
    )
    told = replace(
        week,
        rules=(broken, kept),
        breaches=(breach(broken, "trade01", "2026-03-30 09:00"),),
        commitments=signed,
    )
    text = text_of(told)
    assert "Signed on 2026-01-05 [e" in text
    assert '"Count them slowly. [e' in text
    assert '"Breathe, and *wait*. [e' in text
    assert "Leave ETH." not in text
    assert r"\*wait\*" in render.markdown(pack.build(told))
    later = replace(signed[0], changes=(at("2026-05-01 09:00"),))
    again = replace(told, commitments=(later, *signed[1:]))
    assert pack.sha256(pack.build(again)) == pack.sha256(pack.build(told))
