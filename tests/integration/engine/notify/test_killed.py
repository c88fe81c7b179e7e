"""Killed after the message went out and before that was kept: it comes again, under its id."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from coach.engine.api.notify import deliveries
from coach.engine.api.session import Session
from tests.hooks import HookServer
from tests.integration.engine.notify.conftest import WEEK, to_hook

SENDER = """
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from coach.engine.api.notify import deliveries
from coach.engine.api.session import Session
from coach.engine.store import users
from coach.engine.store.connect import connect
from coach.model.machine.home import Home
from tests.keyrings import keyring_in

url, folder, now = sys.argv[1], Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
home = Home(*(folder / name for name in ("config", "data", "state", "cache")))
with connect(url) as connection:
    keys = lambda: keyring_in(folder / "keys", lambda: now)
    user = users.find(connection, "local")
    session = Session(connection, partial(connect, url), user, lambda: now, home, keyring=keys)
    deliveries.send_digest(session, sys.argv[4])
"""


def test_it_comes_twice_under_one_id(
    made: Session, hook: HookServer, database_url: str, tmp_path: Path
) -> None:
    to_hook(made, hook)
    told = (database_url, str(tmp_path), made.clock().isoformat(), WEEK)
    root = Path(__file__).parents[4]
    sender = subprocess.Popen(
        [sys.executable, "-c", SENDER, *told], cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    )
    hook.before_answer = sender.kill
    assert sender.wait(120) == -signal.SIGKILL
    [unknown] = deliveries.log(made)
    assert (unknown.state, unknown.sent_at) == ("sending", None)
    hook.before_answer = lambda: None
    [found] = deliveries.send_digest(made, WEEK)
    assert found.delivery is not None
    assert (found.delivery.state, found.delivery.tries) == ("sent", 2)
    first, second = hook.posts
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.body == second.body
