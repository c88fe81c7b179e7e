"""The engine: I/O above, pure arithmetic below. Faces ask `engine.api` only."""
