"""A driver that is told its versions tells them as its metadata does."""

import json
import subprocess
import sys
from importlib.metadata import version

LOADED = """
import json, sys
from coach.model.machine.driver_versions import name_driver_versions
name_driver_versions()
import psycopg, psycopg_binary, coach.engine.api.promises.check
print(json.dumps([psycopg.__version__, psycopg_binary.__version__, sorted(sys.modules)]))
"""


def test_a_check_loads_no_metadata_and_the_driver_has_its_versions() -> None:
    ran = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    driver, binary, modules = json.loads(ran.stdout)
    assert (driver, binary) == (version("psycopg"), version("psycopg-binary"))
    assert not {"importlib.metadata", "email.message", "ulid", "jsonschema"} & set(modules)
