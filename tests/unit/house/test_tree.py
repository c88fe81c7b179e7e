"""What no file of the tree may hold."""

import re
from pathlib import Path

MACHINE = re.compile(r"/root/|/work/|/opt/pypi|pypi\.org|pythonhosted\.org|npmjs\.org")
MOCK = re.compile(r"^(?:import|from) (?:unittest\.)?mock|import mock\b|pytest_mock", re.MULTILINE)
THIS = Path(__file__)


def texts(files: list[Path]) -> list[tuple[Path, str]]:
    return [(path, path.read_text(errors="replace")) for path in files if path != THIS]


def test_no_file_names_a_machine_or_a_registry(own_files: list[Path]) -> None:
    found = [(path, MACHINE.findall(text)) for path, text in texts(own_files)]
    assert not [(path, names) for path, names in found if names]


def test_no_test_mocks(own_files: list[Path]) -> None:
    tests = [path for path in own_files if path.suffix == ".py" and "tests" in path.parts]
    assert not [path for path, text in texts(tests) if MOCK.search(text)]


def test_one_module_writes_json_for_hashing(own_files: list[Path], root: Path) -> None:
    product = [
        path for path in own_files if path.suffix == ".py" and root / "coach" in path.parents
    ]
    found = {path.name for path, text in texts(product) if "sort_keys" in text}
    assert found == {"canonical.py"}
