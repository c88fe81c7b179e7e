"""Events as they come: over a WebSocket, and as an event source."""
