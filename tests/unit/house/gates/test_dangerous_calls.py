"""No shell starts a program of coach, and no text becomes a program."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SHELLS = {"system", "popen", "getoutput", "getstatusoutput", "create_subprocess_shell"}
RUNS_TEXT = {"eval", "exec"}


@pytest.fixture(scope="module")
def calls(root: Path) -> list[tuple[Path, ast.Call]]:
    files = [*(root / "coach").rglob("*.py"), *(root / "migrations").rglob("*.py")]
    return [(path, call) for path in files for call in calls_in(path.read_text("utf-8"))]


def calls_in(text: str) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))


def uses_a_shell(call: ast.Call) -> bool:
    named = isinstance(call.func, ast.Attribute) and call.func.attr in SHELLS
    return named or any(
        word.arg == "shell" and not (isinstance(word.value, ast.Constant) and not word.value.value)
        for word in call.keywords
    )


def runs_text(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in RUNS_TEXT


def test_no_program_is_started_by_a_shell(calls: list[tuple[Path, ast.Call]]) -> None:
    assert [(path.name, call.lineno) for path, call in calls if uses_a_shell(call)] == []


def test_no_text_is_run_as_a_program(calls: list[tuple[Path, ast.Call]]) -> None:
    assert [(path.name, call.lineno) for path, call in calls if runs_text(call)] == []


@pytest.mark.parametrize(
    ("text", "shell", "runs"),
    [
        ("subprocess.run(line, shell=True)", True, False),
        ("subprocess.run(line, shell=wish)", True, False),
        ("os.system(line)", True, False),
        ("eval(text)", False, True),
        ("exec(text, {})", False, True),
        ("subprocess.run([program, word], shell=False)", False, False),
    ],
)
def test_such_a_call_is_seen(text: str, shell: bool, runs: bool) -> None:
    (call,) = calls_in(text)
    assert (uses_a_shell(call), runs_text(call)) == (shell, runs)
