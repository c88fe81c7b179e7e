"""One fill at a time: which there are, what was reported of each, and which are left out."""
