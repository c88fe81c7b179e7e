"""No command of the skill changes a row of the database."""

import json
from pathlib import Path

import psycopg
import pytest

from tests.e2e.cli.conftest import environment
from tests.e2e.cli.test_schemas import RULE, files
from tests.e2e.conftest import WarmPython
from tests.e2e.homes import LentHome
from tests.unit.cli.agents.test_skill import lines

__all__ = ["files"]
FOUND_SOMETHING = 5
BEFORE = (
    "import csv {statement} --account main --no-shorts",
    f"rules add {RULE} limit=3",
    "biases",
    "why revenge",
)
TABLES = """
select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
order by relname
"""


def contents(url: str) -> dict[str, str]:
    """Return a hash of all rows of each table."""
    with psycopg.connect(url) as connection:
        names = [name for (name,) in connection.execute(TABLES)]
        hashed = "select md5(coalesce(string_agg(t::text, ' ' order by t::text), '')) from {} t"
        return {name: str(connection.execute(hashed.format(name)).fetchone()) for name in names}


@pytest.fixture(scope="module")
def names(home: Path, warm_python: WarmPython, files: dict[str, str]) -> dict[str, str]:
    told = environment(home)
    for line in BEFORE:
        words = [word.format(**files) for word in line.split()]
        assert warm_python.run(words, told, home).returncode == 0
    trades = json.loads(warm_python.run(("trades", "--json"), told, home).stdout)["data"]
    return {"TRADE": trades[0]["id"], "ID": trades[0]["id"], "CODE": "E_USAGE"}


def test_a_look_by_any_of_its_commands_changes_nothing(
    home: Path, warm_python: WarmPython, names: dict[str, str], lent_home: LentHome
) -> None:
    before = contents(lent_home.database_url())
    failed = []
    for words in lines():
        named = [names.get(word, word) for word in words]
        ended = warm_python.run(named, environment(home), home)
        if ended.returncode not in {0, FOUND_SOMETHING}:
            failed.append((named, ended.returncode, ended.stderr))
    assert failed == []
    assert contents(lent_home.database_url()) == before
