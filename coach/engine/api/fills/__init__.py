"""One fill at a time: what was reported of it, and leaving it out; how whole the record is."""
