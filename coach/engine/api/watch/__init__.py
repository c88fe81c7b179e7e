"""The live guard: the user's own fills as they happen, and what rules say of them."""
