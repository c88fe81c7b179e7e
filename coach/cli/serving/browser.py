"""A page, opened in the browser of a desktop."""

import sys
from collections.abc import Mapping
from pathlib import Path

from coach import settings


def open_page(file: Path) -> bool:
    """Open a file in a browser; False where there is no desktop, or no browser on it."""
    return open_address(file.as_uri())


def open_address(address: str) -> bool:
    """Open an address in a browser; False where there is no desktop, or no browser on it."""
    import webbrowser

    if not is_desktop(settings.process_environment(), sys.platform):
        return False
    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False


def is_desktop(environment: Mapping[str, str], platform: str) -> bool:
    """Say whether somebody sits before a screen that shows a browser."""
    if "SSH_CONNECTION" in environment:
        return False
    return platform == "darwin" or any(
        environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
