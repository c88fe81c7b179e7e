"""What every worker does by the clock."""

from coach.engine.jobs.periodic import REAPER, PeriodicTask

PERIODIC: tuple[PeriodicTask, ...] = (REAPER,)
"""Each task looks at what is due; see `jobs.periodic` for what it must keep to."""
