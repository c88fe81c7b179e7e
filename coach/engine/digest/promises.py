"""The rules of the week: each one kept or broken, and where."""

import json

from coach.engine.digest import figures
from coach.engine.digest.evidence import Citations
from coach.engine.digest.scene import Scene
from coach.engine.digest.shape import Figure, Statement, statement
from coach.engine.rules.kinds.catalogue import kind_of
from coach.engine.rules.schema import sentence
from coach.model.insights import Fact
from coach.model.rules import Breach, Rule, RuleKind

SHOWN_PER_RULE = 5

Told = tuple[tuple[str, str], ...]
MONEY: Told = (("lost", "quote"), ("lost_percent", " %"))
MONEY_LIMIT: Told = (("limit", ""),)
FACTS: dict[RuleKind, dict[str, Told]] = {
    "max_trades_per_day": {"count": (("count", ""),), "limit": (("limit", ""),)},
    "cooldown_after_loss": {"since": (("minutes_since", " min"),), "pause": (("minutes", " min"),)},
    "max_size_vs_median": {
        "ratio": (("ratio", " times"),),
        "compared": (("entries_before", " entries"),),
        "limit": (("limit", " times"),),
    },
    "max_loss_per_day": {"lost": MONEY, "limit": MONEY_LIMIT},
    "max_drawdown": {"lost": MONEY, "limit": MONEY_LIMIT},
    "size_cap_after_losses": {
        "ratio": (("ratio", " times"),),
        "losses": (("losses_in_a_row", ""),),
        "limit": (("limit", " times"),),
    },
    "stop_after_losses_in_a_row": {
        "run": (("losses_in_a_row", ""),),
        "losses": (("losses", ""),),
    },
    "no_entry_after_spike": {"z": (("z", ""),), "limit": (("limit", ""),)},
    "no_averaging_down": {"behind": (("behind_percent", " %"),), "limit": (("limit", " %"),)},
    "trading_hours": {
        "clock": (("clock", ""),),
        "from": (("from", ""),),
        "until": (("until", ""),),
    },
    "symbol_lock": {},
    "symbol_allow_list": {},
    "max_open_positions": {"open": (("open_positions", ""),), "limit": (("limit", ""),)},
    "max_concentration": {"share": (("share", " %"),), "limit": (("limit", " %"),)},
    "fee_budget_per_week": {"fees": (("fees", "quote"),), "budget": (("budget", ""),)},
    "holding_time_floor": {"held": (("held_minutes", " min"),), "limit": (("limit", " min"),)},
    "holding_time_ceiling": {"held": (("held_minutes", " min"),), "limit": (("limit", " min"),)},
    "all": {"broken": (("broken", ""),)},
    "any": {"broken": (("broken", ""),)},
}
"""Which facts of a breach are told, of several the first it has, and their unit.

The unit "quote" is the currency that the breach names.
"""


def tell(scene: Scene, citations: Citations) -> list[Statement]:
    """State each active rule, and each paused one that was broken before it was paused."""
    told: list[Statement] = []
    for rule in scene.rules:
        breaches = scene.now.breaches_of(rule)
        if breaches:
            told.append(broken(rule, scene, citations, "rule.broken"))
            told += [
                _breach(breach, rule, scene, citations) for breach in breaches[:SHOWN_PER_RULE]
            ]
            told += _rest(rule, breaches, scene, citations)
        elif rule.active:
            told.append(_kept(rule, scene, citations))
    return told or [statement("rule.none")]


def broken(rule: Rule, scene: Scene, citations: Citations, say: str) -> Statement:
    """State how often a rule was broken."""
    breaches = scene.now.breaches_of(rule)
    evidence = _cite(rule, breaches, scene, citations)
    told = {
        "rule": figures.phrase(sentence(rule), evidence),
        "times": figures.count(len(breaches), "time", evidence),
    }
    return statement(say, told)


def _kept(rule: Rule, scene: Scene, citations: Citations) -> Statement:
    evidence = _cite(rule, [], scene, citations)
    entries = figures.count(len(scene.now.entries), "entry", evidence, "entries")
    told = figures.phrase(sentence(rule), evidence)
    return statement("rule.kept", {"rule": told, "entries": entries})


def _cite(rule: Rule, breaches: list[Breach], scene: Scene, citations: Citations) -> str:
    return citations.cite(
        kind_of(rule.kind).formula,
        {**_sample(rule), "entries": len(scene.now.entries), "broken": len(breaches)},
        [breach.trade_id for breach in breaches],
        [key for breach in breaches for key in breach.fill_keys],
        source=rule.id,
    )


def _breach(breach: Breach, rule: Rule, scene: Scene, citations: Citations) -> Statement:
    evidence = citations.cite(
        kind_of(rule.kind).formula,
        breach.facts,
        [breach.trade_id],
        breach.fill_keys,
        source=rule.id,
    )
    symbols = {trip.id: trip.symbol for trip in scene.now.entries}
    moment = scene.local(breach.at).strftime("%Y-%m-%d %H:%M")
    shown = f"{moment} {symbols.get(breach.trade_id, breach.trade_id)}"
    told = {"entry": figures.phrase(shown, evidence), **_facts(breach, rule, evidence)}
    return statement(f"breach.{rule.kind}", told)


def _facts(breach: Breach, rule: Rule, evidence: str) -> dict[str, Figure]:
    return {
        name: figures.phrase(_told(breach, told), evidence)
        for name, told in FACTS[rule.kind].items()
    }


def _told(breach: Breach, told: Told) -> str:
    fact, unit = next(one for one in told if one[0] in breach.facts)
    shown = f" {breach.facts['quote']}" if unit == "quote" else unit
    return f"{figures.stated(breach.facts[fact])}{shown}"


def _sample(rule: Rule) -> dict[str, Fact]:
    """Return the parameters as facts; a list or a group as its JSON."""
    return {
        name: json.dumps(value, sort_keys=True) if isinstance(value, list | dict) else value
        for name, value in rule.params.items()
    }


def _rest(
    rule: Rule, breaches: list[Breach], scene: Scene, citations: Citations
) -> list[Statement]:
    rest = len(breaches) - SHOWN_PER_RULE
    if rest <= 0:
        return []
    evidence = _cite(rule, breaches, scene, citations)
    more = figures.count(rest, "more entry", evidence, "more entries")
    return [statement("breach.more", {"more": more})]
