"""Looks at the demo as whoever was told its address: sign in, see habits, trades and a rule.

    PYTHONPATH=. python tests/deployment/demo.py URL PASSWORD_FILE

The containers of deploy/compose.demo.yaml run meanwhile; it waits until they answer.
"""

import sys
import time
from pathlib import Path

import httpx2

TRIES = 300
FOUND = {"possible", "likely", "strong"}
FEWEST_TRADES = 250
SEE_OTHER = 303


def wait_for(client: httpx2.Client) -> None:
    """Wait until the demo answers; it reads ninety days first."""
    for _ in range(TRIES):
        try:
            if client.get("/livez").status_code == 200:
                return
        except httpx2.HTTPError:
            pass
        time.sleep(1)
    sys.exit("the demo does not answer")


def asked(client: httpx2.Client, path: str) -> list[dict[str, object]]:
    """Return the rows of a route."""
    answer = client.get(path)
    answer.raise_for_status()
    rows: list[dict[str, object]] = answer.json()["data"]
    return rows


def main(url: str, password_file: str) -> None:
    """Sign in and look."""
    password = Path(password_file).read_text("utf-8").strip()
    with httpx2.Client(base_url=url, verify=False, timeout=120) as client:
        wait_for(client)
        if client.get("/api/trades").status_code != 401:
            sys.exit("the demo is open to everybody")
        form = {"name": "demo", "password": password}
        answer = client.post("/sign-in", data=form, headers={"Origin": url})
        if answer.status_code != SEE_OTHER:
            sys.exit(f"nobody could sign in: {answer.status_code}")
        findings = asked(client, "/api/biases")
        trades = asked(client, "/api/trades?limit=1000")
        rules = asked(client, "/api/rules")
        accounts = {one["name"] for one in asked(client, "/api/accounts")}
    levels = {str(one["bias"]): one["level"] for one in findings if one["level"] in FOUND}
    shown = f"{len(trades)} trades of {sorted(map(str, accounts))}, {len(rules)} rule, {levels}"
    sys.stdout.write(f"demo: {shown}\n")
    if not levels or len(trades) < FEWEST_TRADES or not rules or len(accounts) != 2:
        sys.exit("the demo shows less than it should")


if __name__ == "__main__":
    main(*sys.argv[1:])
