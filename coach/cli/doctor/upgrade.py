"""What to know before an upgrade: the state of this place, and the steps that a person takes."""

import re
import shutil
from collections.abc import Iterator

from coach.cli.doctor.folders import nearest
from coach.cli.frame import Frame
from coach.engine.api.health import Check
from coach.files import documents

PAGE = "upgrades.md"
STEP = re.compile(r"^\| (\d{4}) \| (before|after) \| (.+?) \|$", re.MULTILINE)


def upgrade_checks(frame: Frame) -> Iterator[Check]:
    """Yield what an upgrade of the tables needs, does and asks for; nothing is changed."""
    from coach.engine.api.checks.upgrade import examine_upgrade, found_tables
    from coach.wiring import clock, database_url

    settings = frame.settings
    database_url(settings, create=False)
    free = shutil.disk_usage(nearest(frame.home.data)).free
    place = (frame.home, settings.database_url)
    yield from examine_upgrade(*place, settings.backup.folder, free, clock())
    found = found_tables(*place)
    if found is not None:
        yield from manual_steps((documents() / PAGE).read_text("utf-8"), found)


def manual_steps(page: str, found: str) -> Iterator[Check]:
    """Yield the steps that the release notes ask of whoever has older tables than each names."""
    for tables, when, text in STEP.findall(page):
        if tables > found:
            yield Check(
                f"step {when} the upgrade", "warning", text, f"coach help upgrades: {tables}"
            )
