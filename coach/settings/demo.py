"""The settings of the demo: a home of its own in the cache folder, and nothing of the user's."""

from dataclasses import replace
from typing import TYPE_CHECKING

from coach.settings.folders import moved_under
from coach.settings.keys import DEFAULT_USER

if TYPE_CHECKING:
    from coach.settings.values import Settings

FOLDER = "demo"


def demo_settings(settings: "Settings") -> "Settings":
    """Return the settings of the demo's home, made or not."""
    moved = moved_under(settings.home.cache / FOLDER, settings)
    return replace(moved, user=DEFAULT_USER, database_url="", redis_url="", object_store="")
