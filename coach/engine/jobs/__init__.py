"""Long work: the run that it is, and how a process runs it on every core."""
