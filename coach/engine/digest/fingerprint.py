"""A hash of each input of a digest, so that a difference can be named."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

from coach.engine.digest.figures import exact, utc
from coach.engine.digest.scene import Scene
from coach.engine.ledger.conversion.rates import Rates
from coach.model.canonical import canonical_json
from coach.model.insights import Finding, Tag
from coach.model.promises.checks import FillAfterCheck, KeptCheck
from coach.model.promises.commitments import Commitment
from coach.model.promises.confidence import BrierScore
from coach.model.rules import Breach, Rule
from coach.model.trades import RoundTrip, UnknownBasis

LATER = ("account", "rounding")
"""What was added to a sale without a purchase; digests of before say nothing of it."""

Told = RoundTrip | Finding | Rule | Breach | UnknownBasis | Tag


def fingerprints(scene: Scene) -> dict[str, str]:
    """Return the SHA-256 of every input, whatever order it came in.

    What is rare has one where there is any: candles, doubtful and departed trades, tags, checks,
    commitments, rates into a base currency.
    """
    inputs, weeks = scene.inputs, (scene.now, scene.before)
    trades = {
        trip.id: trip
        for week in weeks
        for trip in (*week.entries, *week.closed.trades, *week.closed.left_open)
    }
    coverage = asdict(inputs.coverage)
    rare = {
        "candles": inputs.candles,
        "doubtful": inputs.doubtful,
        "departed": inputs.departed,
        "checks": _each(inputs.checks),
        "fills_after_checks": _each(inputs.fills_after),
        "confidence": _each(() if inputs.confidence is None else [inputs.confidence]),
        "commitments": [_commitment(one) for one in inputs.commitments],
        "rates": _rates(inputs.rates),
    }
    return {
        "trades": _of_all(trades.values()),
        "findings": _of_all(inputs.findings),
        "findings_before": _of_all(inputs.findings_before),
        "rules": _of_all(inputs.rules),
        "breaches": _of_all(breach for week in weeks for breach in week.breaches),
        "unknown": _of_all(sale for sale in inputs.unknown if sale.at < scene.end),
        "coverage": _sha256({**coverage, "notes": sorted(set(coverage["notes"]))}),
        **{name: _sha256(sorted(values)) for name, values in rare.items() if values},
        **({"tags": _of_all(inputs.tags)} if inputs.tags else {}),
    }


def _each(values: Iterable[KeptCheck | FillAfterCheck | BrierScore]) -> list[str]:
    return [_sha256(asdict(one)) for one in values]


def _rates(rates: Rates | None) -> list[str]:
    if rates is None:
        return []
    told = [_sha256([name, at, candles]) for (name, at), candles in rates.known.items()]
    return [_sha256(rates.currency), *told]


def _commitment(signed: Commitment) -> str:
    """Return the hash of what was signed; when it was removed later is no input."""
    return _sha256([signed.id, signed.text, signed.rule_id, signed.signed_at])


def _of_all(things: Iterable[Told]) -> str:
    return _sha256(sorted(_sha256(_fields(thing)) for thing in things))


def _fields(thing: Told) -> dict[str, object]:
    # An account's number differs from one database to the next; the trade's id knows its name.
    if isinstance(thing, RoundTrip):
        parts = [
            {**part._asdict(), "other_fees": {**part.other_fees}} for part in thing.partial_closes
        ]
        return {**thing._asdict(), "account_id": None, "partial_closes": parts}
    if isinstance(thing, Breach):
        return {name: value for name, value in asdict(thing).items() if name != "revision"}
    if isinstance(thing, UnknownBasis):
        return {name: value for name, value in asdict(thing).items() if name not in LATER}
    return _promise(thing) if isinstance(thing, Rule) else asdict(thing)


def _promise(rule: Rule) -> dict[str, object]:
    """Return what a rule promises; who may change it when, and its note, promise nothing."""
    told: dict[str, object] = {
        "id": rule.id,
        "kind": rule.kind,
        "params": dict(rule.params),
        "active": rule.active,
    }
    return told if rule.expires_at is None else {**told, "expires_at": rule.expires_at}


def _sha256(value: object) -> str:
    return hashlib.sha256(canonical_json(value, "spaced", _plain)).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return exact(value)
    if isinstance(value, datetime):
        return utc(value)
    assert isinstance(value, bytes)
    return value.hex()
