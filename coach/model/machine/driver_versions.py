"""The versions of the database driver, which asks for them while it is loaded.

psycopg asks the metadata of all packages, with modules for mail, archives and tables: a twentieth
of all that a short command computes. The names of its folders say the same.
"""

import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

DISTRIBUTIONS = ("psycopg", "psycopg_binary")
INFO = ".dist-info"


def name_driver_versions() -> None:
    """Tell psycopg its versions where nobody has loaded it; what is not clear it finds itself."""
    spec = find_spec("psycopg")
    if "psycopg" in sys.modules or spec is None or spec.origin is None:
        return
    place = Path(spec.origin).parents[1]
    for name in DISTRIBUTIONS:
        found = [*place.glob(f"{name}-*{INFO}")]
        if len(found) == 1:
            module = ModuleType(f"{name}.version")
            vars(module)["__version__"] = found[0].name.removesuffix(INFO).partition("-")[2]
            sys.modules[module.__name__] = module
