"""What we concluded: findings are tested claims, tags are facts."""

from coach.engine.api.desk import Desk
from coach.engine.store import insights as store
from coach.errors import NotFound, UsageError
from coach.model.insights import Finding, Tag

DAY_US = 86_400_000_000
LONGEST_DAYS = 36_500


def findings(desk: Desk, days: int = 90, bias: str | None = None) -> list[Finding]:
    """Test every habit over the last `days` up to the newest fill.

    All biases are tested together whatever is shown: the false-discovery control counts them all.
    """
    from coach.engine.biases import catalogue
    from coach.engine.jobs.deriving import known_history, window_end

    if not 1 <= days <= LONGEST_DAYS:
        raise UsageError("use --days 90", what=f"--days takes 1 to {LONGEST_DAYS}, not {days}")
    with desk.connection.transaction():
        past = known_history(desk.connection, desk.user.id)
    end = window_end(past)
    found = catalogue.findings(past, end - days * DAY_US, end)
    if bias is not None and bias not in {finding.bias for finding in found}:
        known = ", ".join(finding.bias for finding in found)
        raise NotFound(f"the biases are {known}", kind="bias", name=bias)
    return [finding for finding in found if bias in {None, finding.bias}]


def tags(desk: Desk, bias: str | None = None) -> list[Tag]:
    """Return the tagged events, oldest first."""
    return store.tags(desk.connection, desk.user.id, bias)
