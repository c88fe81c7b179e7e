"""The evidence list: what is cited gets the next number, the same twice gets the same."""

from collections.abc import Iterable, Mapping

from coach.engine.digest.figures import stated
from coach.engine.digest.shape import Record
from coach.model.fills import FillKey
from coach.model.insights import Evidence, Fact

SHORT = 8
NAMED = 3


class Citations:
    """The records cited so far, in order of their first use."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}

    def cite(
        self,
        formula: str,
        sample: Mapping[str, Fact],
        trades: Iterable[str] = (),
        fills: Iterable[FillKey] = (),
        source: str = "",
    ) -> str:
        """Return the id of this evidence, such as `e3`."""
        record: Record = {
            "id": "",
            "formula": formula,
            "sample": {name: stated(sample[name]) for name in sorted(sample)},
            "trades": sorted(set(trades)),
            "fills": sorted({key.hex() for key in fills}),
            "source": source,
            "shown": "",
        }
        record["shown"] = _shown(record)
        known = self._records.setdefault(repr(record), record)
        known["id"] = known["id"] or f"e{len(self._records)}"
        return known["id"]

    def cite_finding(self, evidence: Evidence) -> str:
        """Return the id under which a finding's own evidence stands here."""
        return self.cite(
            evidence.formula,
            evidence.sample,
            evidence.trade_ids,
            evidence.fill_keys,
            source=evidence.id,
        )

    def records(self) -> list[Record]:
        """Return the list, e1 first."""
        return list(self._records.values())


def _shown(record: Record) -> str:
    sample = ", ".join(f"{name} {value}" for name, value in record["sample"].items())
    parts = [sample, _named("trade", record["trades"]), _named("fill", record["fills"])]
    return f"{record['formula']}: {'; '.join(part for part in parts if part)}"


def _named(noun: str, ids: list[str]) -> str:
    if not ids:
        return ""
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    nouns = noun if len(ids) == 1 else f"{noun}s"
    return f"{nouns} {', '.join(id_[:SHORT] for id_ in ids[:NAMED])}{more}"
