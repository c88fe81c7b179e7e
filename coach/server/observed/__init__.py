"""What somebody who runs the server may look at: its metrics, and what goes on in it."""
