"""Keep the routes that are published as released ones, which no later version may break.

Usage: .ci/routes.py --release. A released route stays, with its parameters and the statuses of its
answers, and asks for nothing more; tests/unit/server/test_released_routes.py holds that.
"""

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from coach.server.app import ServerParts, application
from coach.settings import reading

FILE = Path(__file__).parents[1] / "docs" / "schemas" / "released" / "routes.1.json"


def summary(described: dict[str, Any]) -> dict[str, Any]:
    """Return of each route its parameters, whether each is required, and the statuses."""
    return {
        f"{method.upper()} {path}": {
            "parameters": {
                one["name"]: one.get("required", False) for one in route.get("parameters", [])
            },
            "answers": sorted(route["responses"]),
        }
        for path, methods in sorted(described["paths"].items())
        for method, route in sorted(methods.items())
    }


def main() -> None:
    """Add what is not released yet."""
    settings = reading.read({"COACH_HOME": "/nonexistent"}, {})
    parts = ServerParts(settings, lambda *_: nullcontext(), lambda _client, _server: True)
    now = summary(application(parts).openapi())
    kept = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    FILE.write_text(json.dumps(now | kept, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    if sys.argv[1:] != ["--release"]:
        sys.exit(__doc__)
    main()
