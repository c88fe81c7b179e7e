"""`coach export`: everything that is yours, in files that other programs read."""
