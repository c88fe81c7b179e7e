"""Findings that were computed once and are read back while their inputs are the same.

All inputs count: the fills of every account, what was declared, the promises, the candles, the
zone, and the code, by its version and by that of each formula. The hash is made of rows, without
loading a history, and loads no numpy.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from coach._version import VERSION
from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.biases.reasons import FORMULA as REASONS
from coach.engine.store.results import kept_results, stored_inputs
from coach.engine.store.results.finding_text import LAYOUT, as_findings, as_text
from coach.model.canonical import canonical_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

    from coach.engine.biases.detector import Detector
    from coach.model.accounts import User
    from coach.model.insights import Finding

NOUN = "findings"
BROKEN = "a detector that works"
"""How a finding begins to say that its detector raised an error; that may pass."""


class AnalysisScope(NamedTuple):
    """What a session analyses with: detectors of other packages, versions, whether candles.

    `versions` are those of the packages that arithmetic is left to, and of those detectors'.
    """

    extra: tuple[Detector, ...] = ()
    versions: tuple[str, ...] = ()
    sees_candles: bool = False


def surroundings_sha256(connection: Connection[Any], user: User, scope: AnalysisScope) -> str:
    """Return one hash of all inputs but the books: declarations, rules, candles, zone, code."""
    stored = stored_inputs.surroundings(connection, user.id, candles=scope.sees_candles)
    return _sha256([user.zone, stored, _code(scope, stored.kinds)])


def inputs_sha256(connection: Connection[Any], user: User, scope: AnalysisScope) -> str | None:
    """Return one hash of all inputs; None where a book was matched by an earlier coach."""
    books = stored_inputs.book_hashes(connection, user.id)
    if books is None:
        return None
    return _sha256([surroundings_sha256(connection, user, scope), books])


def _code(scope: AnalysisScope, kinds: Sequence[str]) -> list[object]:
    detectors = (*HABITS.values(), *scope.extra)
    return [
        VERSION,
        LAYOUT,
        scope.versions,
        [
            [one.bias, one.formula, one.kind, repr(one.minimum), repr(one.weight), _alpha(one)]
            for one in detectors
        ],
        REASONS,
        _formulas(kinds) if kinds else [],
    ]


def _alpha(detector: Detector) -> str:
    return "" if detector.year is None else repr(detector.year.alpha)


def _formulas(kinds: Sequence[str]) -> list[str]:
    from coach.engine.rules.kinds.catalogue import kind_of

    return [kind_of(kind).formula for kind in kinds]


def _sha256(value: object) -> str:
    return sha256(canonical_json(value)).hexdigest()


def find(
    connection: Connection[Any], user: User, days: int, input_sha256: str
) -> tuple[Finding, ...] | None:
    """Return the findings of the last so many days, where they are kept of these inputs."""
    text = kept_results.find_body(connection, user.id, NOUN, str(days), input_sha256)
    return None if text is None else as_findings(text)


def keep(
    connection: Connection[Any],
    user: User,
    days: int,
    findings: Sequence[Finding],
    input_sha256: str,
) -> None:
    """Keep findings of these inputs; not where a detector of another package broke down."""
    if not any(lack.startswith(BROKEN) for one in findings for lack in one.lacks):
        body = as_text(findings)
        kept = kept_results.KeptResult(NOUN, str(days), input_sha256, body)
        kept_results.keep(connection, user.id, kept)


def forget(connection: Connection[Any], user: User) -> None:
    """Drop all kept findings."""
    kept_results.forget(connection, user.id, NOUN)
