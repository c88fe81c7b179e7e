"""The pages build as a site that needs nothing from elsewhere, and every link of it leads on."""

import re
import subprocess
import sys
from pathlib import Path

ELSEWHERE = re.compile(r"<(?:script|link|img)[^>]+(?:src|href)=\"(?:https?:)?//[^\"]*\"")


def test_the_site_builds_without_a_warning_and_asks_nobody_else(root: Path, tmp_path: Path) -> None:
    line = ["build", "--strict", "--quiet", "-f", str(root / "properdocs.yml"), "-d", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "properdocs", *line], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    built = {page.relative_to(tmp_path).with_suffix(".md") for page in tmp_path.rglob("*.html")}
    assert {page.relative_to(root / "docs") for page in (root / "docs").rglob("*.md")} - {
        Path("schemas/README.md")
    } <= built
    assert [page for page in tmp_path.rglob("*.html") if ELSEWHERE.search(page.read_text())] == []
