"""The engine as a service of its own: its keys, who asks it, and what it answers."""
