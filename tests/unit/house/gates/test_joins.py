"""A join of an account names the user on both sides, so that it stays within one user's rows."""

import re
from pathlib import Path

JOIN = re.compile(r"join account a on(?P<condition>[^;]{0,90})")
SPLIT = re.compile(r"[\"\s]+f?[\"]?")


def test_every_join_of_an_account_names_its_user(root: Path) -> None:
    joins = {
        f"{path.relative_to(root)}: {found[0][:60]}": found["condition"]
        for path in sorted((root / "coach").rglob("*.py"))
        for found in JOIN.finditer(SPLIT.sub(" ", path.read_text("utf-8")))
    }
    assert len(joins) > 10
    assert [where for where, condition in joins.items() if "a.user_id =" not in condition] == []
