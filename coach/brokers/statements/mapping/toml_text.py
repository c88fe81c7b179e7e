"""A mapping as TOML: small, versioned, to be kept, read by eye, shared and run headless.

    version = 1
    name = "gate-spot"
    [columns]
    time = "time"
    fee = ["commission", "exchange fee?"]
    symbol = "market|pair"

A column is its header; `a|b` are its names in two versions, `?` behind it says that some files lack
it, and `{ exact = "Wash Sale?" }` is a header as it stands. Unknown keys are refused: a mapping
that is half understood reads a file half.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from coach.brokers.bounds import in_range
from coach.brokers.statements import clocks
from coach.brokers.statements.mapping import layout
from coach.brokers.statements.mapping.dates import ORDERS
from coach.brokers.statements.mapping.layout import (
    FIELDS,
    NEEDED,
    VERSION,
    ColumnRef,
    Columns,
    RowRule,
    StatementMapping,
)
from coach.brokers.statements.sheet import tidy
from coach.errors import MalformedFile

LONGEST = 65_536
_WORDS = ("header", "requires", "never", "buy", "sell", "inverse")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "kind": get_args(layout.RowKind),
    "seen": get_args(layout.Seen),
    "form": get_args(layout.SymbolForm),
    "fee_sign": get_args(layout.FeeSign),
    "total": get_args(layout.TotalMeaning),
    "profit": get_args(layout.ProfitMeaning),
    "decimal": ("", ".", ","),
}
_TEXTS = ("name", "product", "about", "account", "zone", "quote", "fee_currency", "note")
_FLAGS = ("shorts", "signed", "exact", "lots")
_KEYS = frozenset(one.name for one in fields(StatementMapping)) | {"version", "keep", "drop"}


def read_mapping(text: str, file: str = "mapping") -> StatementMapping:
    """Read a mapping; MalformedFile says which key holds what it cannot."""
    if len(text) > LONGEST:
        raise _malformed(file, f"longer than {LONGEST} characters (limit)")
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as trouble:
        raise _malformed(file, f"not TOML: {trouble}") from None
    if found.get("version") != VERSION:
        raise _malformed(file, f"version is {found.get('version')!r}, this coach reads {VERSION}")
    unknown = sorted(set(found) - _KEYS | {"rules"}.intersection(found))
    if unknown:
        raise _malformed(file, f"unknown key {unknown[0]!r}")
    try:
        mapping = StatementMapping(**_values(found))
    except (TypeError, ValueError) as trouble:
        raise _malformed(file, str(trouble)) from None
    lacks = [name for name in NEEDED[mapping.kind] if name not in mapping.columns]
    if lacks:
        raise _malformed(file, f"no column for {lacks[0]}")
    return mapping


def write_mapping(mapping: StatementMapping) -> str:
    """Return a mapping as TOML that `read_mapping` reads back as the same."""
    import tomlkit

    blank = StatementMapping("", {})
    table: dict[str, Any] = {"version": VERSION, "name": mapping.name}
    for one in fields(StatementMapping):
        value = getattr(mapping, one.name)
        if one.name in {"name", "columns", "rules", "contracts", "zone_names"}:
            continue
        if value != getattr(blank, one.name):
            table[one.name] = list(value) if isinstance(value, tuple) else value
    table["columns"] = {name: _written(refs) for name, refs in mapping.columns.items()}
    for keep in (True, False):
        rules = {
            _name_of(rule.column): list(rule.words) for rule in mapping.rules if rule.keep is keep
        }
        if rules:
            table["keep" if keep else "drop"] = rules
    if mapping.zone_names:
        table["zone_names"] = dict(mapping.zone_names)
    if mapping.contracts:
        table["contracts"] = {name: format(size, "f") for name, size in mapping.contracts.items()}
    return tomlkit.dumps(table)


def _malformed(file: str, what: str) -> MalformedFile:
    hint = "see the page about mappings, or write it anew from the file"
    return MalformedFile(file, f"is no mapping: {what}", hint)


def _values(found: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {"name": ""}
    values |= {name: _text(name, found[name]) for name in _TEXTS if name in found}
    for name in _FLAGS:
        if name in found:
            values[name] = _checked(name, found[name], isinstance(found[name], bool))
    for name in _WORDS:
        if name in found:
            values[name] = tuple(tidy(word) for word in _texts(name, found[name]))
    for name, allowed in _CHOICES.items():
        if name in found:
            values[name] = _checked(name, found[name], found[name] in allowed)
    if "orders" in found:
        orders = _texts("orders", found["orders"])
        values["orders"] = _checked("orders", tuple(orders), set(orders) <= set(ORDERS))
    if values.get("zone"):
        _zone(values["zone"])
    return values | _tables(found)


def _tables(found: Mapping[str, Any]) -> dict[str, Any]:
    contracts = _table(found, "contracts").items()
    zones = _table(found, "zone_names").items()
    return {
        "columns": _columns(found.get("columns")),
        "rules": (*_rules(found, "keep"), *_rules(found, "drop")),
        "contracts": {str(name).upper(): _size(size) for name, size in contracts},
        "zone_names": {str(name).upper(): _zone(zone) for name, zone in zones},
    }


def _columns(found: object) -> Columns:
    if not isinstance(found, dict) or not found:
        raise TypeError("no [columns]")
    strange = next((name for name in found if name not in FIELDS), None)
    if strange is not None:
        raise ValueError(f"unknown field {strange!r} in [columns]: one of {', '.join(FIELDS)}")
    return {name: _refs(name, value) for name, value in found.items()}


def _refs(name: str, value: object) -> tuple[ColumnRef, ...]:
    several = value if isinstance(value, list) else [value]
    if not several:
        raise ValueError(f"no header for {name}")
    return tuple(_ref(name, one) for one in several)


def _ref(name: str, value: object) -> ColumnRef:
    if isinstance(value, dict):
        exact = _text(name, value.get("exact"))
        return ColumnRef((tidy(exact),), bool(value.get("optional", False)))
    text = _text(name, value).strip()
    optional = text.endswith("?")
    names = tuple(tidy(one) for one in text.removesuffix("?").split("|"))
    return ColumnRef(tuple(_checked(name, one, bool(one)) for one in names), optional)


def _rules(found: Mapping[str, Any], word: str) -> list[RowRule]:
    return [
        RowRule(_ref(word, column), tuple(tidy(one) for one in _texts(word, words)), word == "keep")
        for column, words in _table(found, word).items()
    ]


def _table(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = found.get(name, {})
    return dict(_checked(name, table, isinstance(table, dict)))


def _size(value: object) -> Decimal:
    try:
        size = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"contract size {value!r} is not a number") from None
    return Decimal(str(_checked("contracts", size, size > 0 and in_range(size))))


def _zone(value: object) -> str:
    name = _text("zone", value)
    return str(_checked("zone", name, clocks.find_zone(name) is not None))


def _text(name: str, value: object) -> str:
    return str(_checked(name, value, isinstance(value, str)))


def _texts(name: str, value: object) -> list[str]:
    listed: object = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise TypeError(f"{name} is not a list of texts")
    return listed


def _checked(name: str, value: Any, fits: object) -> Any:  # noqa: ANN401 -- as it came
    if not fits:
        raise ValueError(f"{name} cannot be {value!r}")
    return value


def _written(refs: Sequence[ColumnRef]) -> object:
    written = [_column_text(ref) for ref in refs]
    return written[0] if len(written) == 1 else written


def _column_text(ref: ColumnRef) -> object:
    if len(ref.names) == 1 and ("|" in ref.names[0] or ref.names[0].endswith("?")):
        exact: dict[str, object] = {"exact": ref.names[0]}
        return {**exact, "optional": True} if ref.optional else exact
    return _name_of(ref)


def _name_of(ref: ColumnRef) -> str:
    return "|".join(ref.names) + ("?" if ref.optional else "")
