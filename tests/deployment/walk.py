"""Walks through a deployment as whoever runs one: set up, import, switch, back up, restore, down.

    PYTHONPATH=. python tests/deployment/walk.py URL

URL is where the proxy answers. Containers run meanwhile, and are taken away at the end. What was
tried stands on stdout, and anything else than expected ends it. `.ci/deployment run` calls it.
"""

import asyncio
import json
import os
import re
import ssl
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

ROOT = Path(__file__).parents[2]
DEPLOY = Path(os.environ.get("COACH_DEPLOY_SOURCE", ROOT)) / "deploy"
PASSWORD = "a long walk by the sea, 27 times"
SOCKETS = 50
BETWEEN_S = 0.1
TRIES = 5
PATIENCE = 120.0
RESTART = 1012
READY_WITHIN_S = 10.0
STARTS = 3
SEEN = ("trades", "pnl", "accounts", "notes?limit=1000", "rules", "rules/breaches", "coverage")
"""What somebody sees, and must see again after a backup was restored."""
UNDER_WAY = {"queued", "running"}
SET_UP = """
import json, sys, urllib.request
from pathlib import Path
link = Path("/var/lib/coach/state/set-up-link").read_text().strip()
body = {"token": link.partition("#token=")[2], "password": sys.stdin.read()}
body |= {"name": "local", "zone": "UTC"}
request = urllib.request.Request("http://127.0.0.1:8321/api/set-up", json.dumps(body).encode(),
    {"Content-Type": "application/json", "Idempotency-Key": "the-first-account"})
print(urllib.request.urlopen(request).status)
"""


def deploy(*words: str, given: str = "") -> str:
    """Run deploy.sh for staging; return what it printed."""
    line = ["bash", str(DEPLOY / "deploy.sh"), "staging", *words]
    ended = subprocess.run(line, input=given, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(f"{' '.join(words) or 'deploy'}: {ended.stdout}\n{ended.stderr}")
    return ended.stdout


def said(what: str) -> None:
    print(f"walk: {what}", flush=True)  # noqa: T201 -- its answer


def make_first_account() -> None:
    """Make an account by the link of a server that listens on loopback, inside its container."""
    line = ["bash", str(DEPLOY / "deploy.sh"), "staging", "run", "serve", "--no-worker"]
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(line, stdin=nowhere, stdout=nowhere, stderr=nowhere) as server:
        name, ended = "", None
        for _ in range(120):
            time.sleep(1)
            name = podman(
                "ps", "--filter", "name=worker_tmp", "--format", "{{.Names}}"
            ).stdout.strip()
            if name:
                ended = podman("exec", "-i", name, "python3", "-c", SET_UP, given=PASSWORD)
                if ended.returncode == 0:
                    break
        podman("stop", "--time", "20", name)
        server.wait(PATIENCE)
    if ended is None or ended.stdout.strip() != "201":
        sys.exit(f"the first account was not made: {ended}")


def podman(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["podman", *words], input=given, capture_output=True, text=True, check=False
    )


@dataclass(slots=True)
class Follower:
    """One socket, which comes back where it was closed."""

    url: str
    token: str
    seen: list[int] = field(default_factory=list)
    last: str = ""
    restarts: int = 0
    others: list[str] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self, context: ssl.SSLContext) -> None:
        """Follow for ever."""
        while True:
            try:
                await self._once(context)
            except ConnectionClosed as closed:
                code = closed.rcvd.code if closed.rcvd else 1006
                self.restarts += code == RESTART
                if code != RESTART:
                    self.others.append(f"closed {code}")
            except Exception as trouble:  # noqa: BLE001 -- it comes back whatever it was
                self.others.append(type(trouble).__name__)
            await asyncio.sleep(0.2)

    async def _once(self, context: ssl.SSLContext) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        place = f"{self.url}/ws/coach?lastEventId={self.last}"
        async with connect(
            place, ssl=context, additional_headers=headers, compression=None, open_timeout=20
        ) as socket:
            async for text in socket:
                frame = json.loads(text)
                if frame["type"] == "hello":
                    self.ready.set()
                elif frame["type"] not in {"sync", "closed"}:
                    self.seen.append(frame["seq"])
                    self.last = frame["id"]
                    await socket.send(json.dumps({"type": "ack", "seq": frame["seq"]}))


def newest_event(url: str, token: str) -> int:
    """Return the number of the newest event."""
    with httpx2.Client(base_url=url, verify=False, timeout=60) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        events = asked(client, "/api/events?limit=1000")
    return int(events[-1]["seq"])  # type: ignore[index]


def whole(seen: list[int], last: int, written: int) -> bool:
    """Say whether a follower heard every event once and in order, up to the last one."""
    return len(seen) >= written and seen == list(range(last - len(seen) + 1, last + 1))


async def write_notes(url: str, token: str, over: asyncio.Event) -> tuple[int, int]:
    """Write notes until it is over; return how many, and how often one was sent again."""
    count = again = 0
    async with httpx2.AsyncClient(base_url=url, verify=False, timeout=30) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        while not over.is_set():
            body = {"day": "2026-03-02", "text": f"note {count}"}
            key = {"Idempotency-Key": str(uuid4())}
            for _ in range(TRIES):
                answer = await client.post("/api/notes", json=body, headers=key)
                if answer.status_code == 201:
                    break
                again += 1
                await asyncio.sleep(1)
            else:
                sys.exit(f"a note was not written: {answer.status_code} {answer.text}")
            count += 1
            await asyncio.sleep(BETWEEN_S)
    return count, again


async def switch_under(url: str, token: str) -> None:
    """Deploy another image while 50 sockets follow and somebody writes; nothing may be lost."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    followers = [Follower(url.replace("https", "wss", 1), token) for _ in range(SOCKETS)]
    tasks = [asyncio.create_task(one.follow(context)) for one in followers]
    await asyncio.wait_for(asyncio.gather(*(one.ready.wait() for one in followers)), PATIENCE)
    over = asyncio.Event()
    writing = asyncio.create_task(write_notes(url, token, over))
    printed = await asyncio.to_thread(deploy)
    over.set()
    written, again = await writing
    last = await asyncio.to_thread(newest_event, url, token)
    for _ in range(int(PATIENCE * 10)):
        if all(one.seen and one.seen[-1] >= last for one in followers):
            break
        await asyncio.sleep(0.1)
    for task in tasks:
        task.cancel()
    wrong = [n for n, one in enumerate(followers) if not whole(one.seen, last, written)]
    restarts = sum(one.restarts for one in followers)
    others = sorted({what for one in followers for what in one.others})
    said(printed.strip().replace("\n", "; "))
    said(f"{written} notes written, {again} of them sent again by their key; {last} events")
    said(f"{restarts} of {SOCKETS} sockets heard 1012")
    said(f"other ends while coming back: {others or 'none'}")
    if wrong or restarts < SOCKETS:
        shown = [(one.seen[:3], one.seen[-3:], len(one.seen)) for one in followers[:2]]
        sys.exit(f"sockets with lost or doubled events: {wrong}, as {shown}")
    said("each socket heard every event once and in order")


def asked(client: httpx2.Client, path: str) -> object:
    """Return the data of a route."""
    answer = client.get(path)
    answer.raise_for_status()
    return answer.json()["data"]


def import_fills(client: httpx2.Client) -> int:
    """Import the statement of the demo; return how many fills were new."""
    statement = DEPLOY / "demo" / "seed" / "statement.csv"
    answer = client.post(
        "/api/imports",
        files={"file": ("statement.csv", statement.read_bytes())},
        data={"account": "walk"},
        headers={"Idempotency-Key": str(uuid4())},
    )
    answer.raise_for_status()
    return int(answer.json()["data"]["new"])


def time_starts() -> None:
    """Start the colour that does not serve a few times; say how soon it is ready."""
    running = podman("ps", "--format", "{{.Names}}").stdout.split()
    (idle,) = {container("web-blue"), container("web-green")} - {*running}
    script = (ROOT / "tests" / "deployment" / "ready.py").read_text("utf-8")
    seconds = []
    for _ in range(STARTS):
        podman("start", idle)
        ended = podman("exec", "-i", idle, "python3", "-", given=script)
        podman("stop", "--time", "30", idle)
        if ended.returncode:
            sys.exit(f"a start was not timed: {ended.stdout} {ended.stderr}")
        wall, cpu = (float(one) for one in ended.stdout.split())
        seconds.append(wall)
        said(f"ready {wall:.1f} s after its start (limit {READY_WITHIN_S:g} s), {cpu:.1f} s of CPU")
    if min(seconds) > READY_WITHIN_S:  # others may use this machine, too
        sys.exit("no start was quick enough")


def container(service: str) -> str:
    """Return the name of the container of a service."""
    return f"{os.environ['COACH_PROJECT']}_{service}_1"


def what_is_seen(client: httpx2.Client) -> dict[str, object]:
    """Return what somebody sees, once no job waits or runs."""
    for _ in range(int(PATIENCE)):
        jobs = asked(client, "/api/jobs?limit=1000")
        if not any(one["state"] in UNDER_WAY for one in jobs):  # type: ignore[attr-defined]
            return {path: asked(client, f"/api/{path}") for path in SEEN}
        time.sleep(1)
    sys.exit(f"jobs do not end: {jobs}")


def back_up_and_restore(client: httpx2.Client) -> None:
    """Make a backup, change what is there, put the backup back, and look at what is there."""
    folder = "/var/lib/coach/backups"
    deploy("run", "rules", "add", "cooldown_after_loss", "minutes=30")
    deploy("run", "backup", "key", "--out", "/var/lib/coach/backup-key.txt", "--json")
    before = what_is_seen(client)
    made = json.loads(deploy("run", "backup", "create", "--json"))["data"]
    run = asked(client, "/api/imports")[0]["run_id"]  # type: ignore[index]
    deploy("run", "import", "undo", run, "--yes")
    gone = what_is_seen(client)
    if gone["trades"] or not before["trades"]:
        sys.exit("nothing was undone, so nothing can be restored")
    file = f"{folder}/{Path(made['backup']['file']).name}"
    deploy("restore", file, "--key-file", "/var/lib/coach/backup-key.txt")
    wait_for(client)
    after = what_is_seen(client)
    wrong = [path for path in SEEN if after[path] != before[path]]
    if wrong:
        sys.exit(f"what was restored is not what was backed up: {wrong}")
    sizes = {path.partition("?")[0]: len(after[path]) for path in SEEN}  # type: ignore[arg-type]
    said(f"a backup was restored, and all is seen as before: {sizes}")


def wait_for(client: httpx2.Client) -> None:
    """Wait until somebody answers."""
    for _ in range(int(PATIENCE)):
        try:
            asked(client, "/api/trades")
        except httpx2.HTTPError:
            time.sleep(1)
        else:
            return
    sys.exit("nobody answered after the restore")


def look_for_secrets(*more: str) -> None:
    """Look through logs and descriptions of all containers; SystemExit where one holds a secret."""
    pulled = Path(os.environ["COACH_WALK_SECRETS"]).read_text("utf-8")
    secrets = [*re.findall(r"[A-Za-z0-9+/=]{40,}", pulled), *more]
    for name in podman("ps", "--all", "--format", "{{.Names}}").stdout.split():
        told = [podman(word, name) for word in ("logs", "inspect")]
        held = "".join(one.stdout + one.stderr for one in told)
        if any(secret in held for secret in secrets):
            sys.exit(f"{name} holds a secret in its log or its description")
    said(f"none of {len(secrets)} secrets stands in a log or in what describes a container")


def go_down() -> None:
    """Stop what was deployed, then take it away; SystemExit where something of it stays."""
    deploy("stop")
    running = podman("ps", "--format", "{{.Names}}").stdout.split()
    if running:
        sys.exit(f"still running: {running}")
    deploy("down", "--volumes")
    left = podman("ps", "--all", "--quiet").stdout + podman("volume", "ls", "--quiet").stdout
    if left:
        sys.exit(f"still there: {left}")
    said("all was stopped, then taken away with its data")


def main(url: str) -> None:
    """Walk."""
    make_first_account()
    said("the first account was made by its set-up link")
    said(deploy().strip().splitlines()[-1])
    made = deploy("run", "token", "create", "walk", "--scope", "admin", "--json")
    token = json.loads(made)["data"]["token"]
    with httpx2.Client(base_url=url, verify=False, timeout=60) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        hsts = client.get("/livez").headers["Strict-Transport-Security"]
        if client.get("/readyz").status_code != 404:
            sys.exit("/readyz is open to everybody")
        said(f"the proxy sends {hsts}, and keeps /readyz to itself")
        said(f"{import_fills(client)} fills were imported through the proxy")
        asyncio.run(switch_under(url, token))
        time_starts()
        back_up_and_restore(client)
    look_for_secrets(token, PASSWORD)
    go_down()


if __name__ == "__main__":
    main(sys.argv[1])
