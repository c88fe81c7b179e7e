"""What stands between the server and those who ask it: who is heard, how often, how answered."""
