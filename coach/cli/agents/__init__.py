"""What agents of other programs get: a skill to install, and a server that only reads."""
