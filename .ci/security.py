"""Look through the source for what bandit finds dangerous; exit code 1 where something is left.

Usage: .ci/security.py [FOLDER...]. Bandit and ruff's rules S are the same rules. A finding counts
as judged where the line has a `noqa` of its twin with a reason (ruff sees that the comment is
needed), or where the rule is set aside for all of coach below, with a reason.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("coach", "migrations")
ASIDE = {
    "B101": "assert narrows types and states invariants; nothing is refused by one",
    "B105": "ruff's S105 judges passwords; bandit takes the words of a hint for one",
    "B107": "ruff's S107 judges passwords; bandit takes an empty default for one",
    "B403": "the import does nothing; each use is judged as B301",
    "B404": "the import does nothing; each use is judged as B602 to B607",
    "B603": "programs are started without a shell, by lists",
    "B610": "a rule about Django, which coach does not use",
}


def main(folders: list[str]) -> int:
    """Print what is left and return the exit code."""
    left = [*findings(folders or [str(ROOT / name) for name in FOLDERS])]
    for finding in left:
        sys.stdout.write(f"{finding}\n")
    sys.stdout.write(f"bandit: {len(left)} findings are not judged\n")
    return 1 if left else 0


def findings(folders: list[str]) -> Iterator[str]:
    """Yield what nobody judged, by file and line."""
    bandit = str(Path(sys.executable).parent / "bandit")
    command = [bandit, "--quiet", "--recursive", "--exit-zero", "--format", "json", *folders]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    report = json.loads(ran.stdout)
    yield from (f"{one['filename']}: {one['reason']}" for one in report["errors"])
    for one in report["results"]:
        if not is_judged(one):
            place = f"{one['filename']}:{one['line_number']}"
            yield f"{place}: {one['test_id']} {one['issue_text']}"


def is_judged(finding: dict[str, object]) -> bool:
    """Say whether the rule is set aside, or its twin is allowed within the statement."""
    rule = str(finding["test_id"])
    if rule in ASIDE:
        return True
    lines = Path(str(finding["filename"])).read_text("utf-8").splitlines()
    numbers = finding["line_range"]
    assert isinstance(numbers, list)
    statement = "\n".join(lines[min(numbers) - 1 : max(numbers)])
    return re.search(rf"noqa:[^\n]*\bS{rule[1:]}\b", statement) is not None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
