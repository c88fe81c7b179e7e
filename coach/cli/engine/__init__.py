"""`coach engine`: the engine's heavy work as a service of its own."""
