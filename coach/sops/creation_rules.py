"""`.sops.yaml`: who shall open a new file, by its path; found beside the file or above it.

Of a rule coach takes `path_regex` and `age`. A rule that says more is left to sops itself.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from coach.errors import Invalid, MalformedFile, UnsupportedSecrets
from coach.model.machine.inputs import read_small_text
from coach.sops.age import check_recipients
from coach.sops.document import malformed

FILE: Final = ".sops.yaml"
TAKEN: Final = frozenset({"path_regex", "age"})


def recipients_for(path: Path) -> tuple[str, ...]:
    """Return who shall open a file; empty where no `.sops.yaml` says so."""
    absolute = path.absolute()
    rules = next((folder / FILE for folder in absolute.parents if (folder / FILE).is_file()), None)
    if rules is None:
        return ()
    where = absolute.relative_to(rules.parent).as_posix()
    for rule in _rules(rules):
        if _fits(rule, where, rules):
            return _recipients(rule, rules)
    return ()


def _rules(file: Path) -> list[Mapping[str, object]]:
    import yaml

    try:
        found = yaml.safe_load(read_small_text(file))
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else None
        malformed(str(file), f"not YAML: {wrong.problem}", line)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as trouble:
        malformed(str(file), f"cannot be read: {getattr(trouble, 'strerror', 'not YAML')}", None)
    rules = found.get("creation_rules") if isinstance(found, dict) else None
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        malformed(str(file), "it has no list of creation_rules", None)
    return rules


def _fits(rule: Mapping[str, object], where: str, file: Path) -> bool:
    pattern = rule.get("path_regex", "")
    try:
        return isinstance(pattern, str) and bool(re.search(pattern, where))
    except re.error:
        malformed(str(file), "a path_regex is not a regular expression", None)


def _recipients(rule: Mapping[str, object], file: Path) -> tuple[str, ...]:
    if more := sorted(set(map(str, rule)) - TAKEN):
        raise UnsupportedSecrets(file=str(file), what=f"{more[0]!r} in a creation rule")
    stated = rule.get("age", "")
    names = stated if isinstance(stated, list) else str(stated or "").split(",")
    try:
        return check_recipients(map(str, names), str(file))
    except Invalid as wrong:
        hint = "put what age-keygen -y prints in its place"
        raise MalformedFile(
            str(file), f"names no age recipient: {wrong.facts['reason']}", hint
        ) from None
