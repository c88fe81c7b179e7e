"""Tell a monitor (healthchecks.io, or one's own) how a scheduled job goes.

The address of a check is asked for with `/start` when the job begins, and with its exit code when
it has ended: 0 is success, anything else is a failure. A monitor that is silent changes nothing.
"""

from urllib.parse import urlsplit

from coach.brokers.net.client import HttpAnswer, HttpClient, HttpLimits

BEGAN = "start"
LIMITS = HttpLimits(connect_s=5.0, silence_s=10.0, answer_s=10.0, body_bytes=100_000)
SUCCESSES = range(200, 300)


def ping(address: str, what: str) -> bool:
    """Return whether the monitor at the address heard that a job began, or how it ended.

    `what` is `BEGAN` or an exit code. ConfigError for an address that is none.
    """
    parts = urlsplit(address)
    with HttpClient(f"{parts.scheme}://{parts.netloc}", "healthcheck", limits=LIMITS) as client:
        answer = client.get(f"{parts.path.rstrip('/')}/{what}")
    return isinstance(answer, HttpAnswer) and answer.status in SUCCESSES
