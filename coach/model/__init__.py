"""The values everything else speaks in. They compute nothing and know nobody."""
