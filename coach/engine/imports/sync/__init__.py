"""Reading a connected broker: window by window, so that what was fetched is not lost."""
