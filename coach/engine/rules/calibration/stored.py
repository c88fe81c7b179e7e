"""Cases and decisions as bytes: the same value, the same bytes, and back.

JSON with sorted keys and no spaces. A decision's inputs are small: storing the case beside the
decision is what lets anybody compute it again.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from coach.engine.rules.calibration.values import (
    CalibrationCase,
    CredibleMean,
    Decision,
    GridRow,
    LabelledEvent,
    Mix,
    State,
)
from coach.model.canonical import canonical_json


def case_bytes(case: CalibrationCase) -> bytes:
    """Return a case as bytes; an event is a row of the fields of `LabelledEvent`, in order."""
    events = [
        (event.at_us, event.score, event.answer, event.inclusion, event.proxy)
        for event in case.events
    ]
    return canonical_json(
        {
            "question": case.question,
            "rule_id": case.rule_id,
            "events": events,
            "now_us": case.now_us,
            "state": asdict(case.state),
            "engine_version": case.engine_version,
        }
    )


def case_sha256(case: CalibrationCase) -> str:
    """Return the hash of a case: `input_sha256` of its decision."""
    return sha256(case_bytes(case)).hexdigest()


def read_case(stored: bytes) -> CalibrationCase:
    """Return the case that was stored."""
    values = json.loads(stored)
    state = values["state"]
    return CalibrationCase(
        **{
            **values,
            "events": tuple(LabelledEvent(*event) for event in values["events"]),
            "state": State(**{**state, "grid": tuple(state["grid"])}),
        }
    )


def decision_bytes(decision: Decision) -> bytes:
    """Return a decision as bytes."""
    return canonical_json(asdict(decision))


def read_decision(stored: bytes) -> Decision:
    """Return the decision that was stored."""
    return decision_of(json.loads(stored))


def decision_of(values: Mapping[str, Any]) -> Decision:
    """Return the decision that parsed JSON describes."""
    rows = tuple(_row(row) for row in values["grid"])
    return Decision(**{**values, "grid": rows, "mix": Mix(**values["mix"])})


def _row(values: Mapping[str, Any]) -> GridRow:
    shares = {name: _share(values[name]) for name in ("precision", "recall", "f")}
    return GridRow(**{**values, **shares})


def _share(values: Mapping[str, float] | None) -> CredibleMean | None:
    return None if values is None else CredibleMean(**values)
