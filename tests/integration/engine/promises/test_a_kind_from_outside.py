"""One module and a line in the table bring a kind of rule to every surface."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator

from coach.cli.commands import why as cli_why
from coach.cli.lazy import as_command
from coach.cli.rules import answers as rule_answers
from coach.cli.rules import group as cli
from coach.engine.api import digests, why
from coach.engine.api.habits import OURS
from coach.engine.api.promises import check, rules
from coach.engine.api.promises.rules import Terms
from coach.engine.api.session import Session
from coach.engine.rules.kinds.catalogue import MODULES
from coach.errors import UsageError
from coach.model.accounts import Run
from coach.model.rules import Breach

Importer = Callable[..., Run]
SAID = "opened for 200.00 USD (limit 150 USD)"
TYPED = {"kind": "max_order_cost", "params": {"amount": 150}}


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODULES, "max_order_cost", "tests.integration.engine.promises.toy_kind")


@pytest.fixture
def broken(session: Session, imported: Importer) -> Breach:
    """One breach of a rule of the kind."""
    rules.add(session, "max_order_cost", {"amount": 150}, Terms(lock_hours=24))
    imported("09:00 buy BTC-USD 1 @ 100", "09:10 sell BTC-USD 1 @ 90", "10:00 buy BTC-USD 2 @ 100")
    [breach] = rules.breaches(session)
    return breach


def test_its_breaches_are_listed_in_words_and_json(broken: Breach) -> None:
    answer = rule_answers.breaches_answer([broken])
    assert answer.for_people is not None
    assert answer.for_people.rows[0]["told"] == f"max_order_cost: {SAID}"
    assert answer.data == [
        {
            "rule_id": "max_order_cost",
            "trade_id": broken.trade_id,
            "at": "2026-03-02T10:00:00Z",
            "fill_ids": [key.hex() for key in broken.fill_keys],
            "facts": {"cost": "200", "limit": 150, "margin": "50", "quote": "USD"},
            "revision": 1,
        }
    ]


def test_the_drawer_of_the_trade_says_it(session: Session, broken: Breach) -> None:
    lines = cli_why.of_trade(why.of_trade(session, broken.trade_id), OURS, "UTC").lines
    assert f"rule max_order_cost: {SAID}" in lines


@pytest.mark.usefixtures("broken")
def test_the_digest_says_it_with_its_formula(session: Session) -> None:
    made = digests.digest(session, "2026-W10")
    assert made.pack["engine_version"]["rules"] == ["max_order_cost@7"]
    [statement] = [one for one in made.pack["rules"] if one["say"] == "breach.max_order_cost"]
    assert statement["figures"]["cost"]["shown"] == "200.00 USD"
    assert "opened for 200.00 USD [e" in made.text
    assert "No opening order above 150 of a currency" in made.text


@pytest.mark.usefixtures("broken")
def test_a_check_asks_it_and_says_what_it_lacks(session: Session) -> None:
    later = replace(session, clock=lambda: datetime(2026, 3, 2, 11, tzinfo=UTC))
    [found] = check.check(
        later, check.CheckRequest("ETH-USD", "buy", Decimal(4), Decimal(50))
    ).broken
    assert found.breach == SAID
    unpriced = check.check(later, check.CheckRequest("ETH-USD", "buy", Decimal(4)))
    assert unpriced.lacks == ("a price of ETH-USD",)


@pytest.mark.usefixtures("broken")
def test_its_lock_holds_back_what_is_looser_alone(session: Session) -> None:
    assert rules.edit(session, "max_order_cost", {"amount": 200}, Terms()).waiting is not None
    assert rules.edit(session, "max_order_cost", {"amount": 100}, Terms()).rule.params == {
        "amount": 100
    }


def test_the_schema_and_its_errors_know_it() -> None:
    assert Draft202012Validator(rules.schema()).is_valid(TYPED)
    assert not Draft202012Validator(rules.schema()).is_valid({**TYPED, "params": {"amount": 0}})


def test_a_typo_of_it_is_told_its_name(session: Session) -> None:
    with pytest.raises(UsageError, match="the nearest is max_order_cost"):
        rules.add(session, "max_order_costs", {"amount": 1})


def test_a_group_holds_it_as_any_other(session: Session, imported: Importer) -> None:
    rules.add(session, "any", {"rules": [TYPED]})
    imported("10:00 buy BTC-USD 2 @ 100")
    [breach] = rules.breaches(session)
    assert rules.breach_sentence(breach) == f"max_order_cost: {SAID}"


def test_the_help_page_has_its_line() -> None:
    group = as_command("rules", cli.app)
    command = group.commands["add"]  # type: ignore[attr-defined] # a group
    with command.make_context("add", [], resilient_parsing=True) as context:
        assert "max_order_cost       amount: of an opening order" in command.get_help(context)
