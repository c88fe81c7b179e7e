"""How long work runs in a process: without the cycle collector, and on every core."""
