"""What a process that serves many at once asks of the engine: connections, streams, its state."""
