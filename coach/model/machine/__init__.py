"""What coach meets on the machine that it runs on: folders, files, keys, URLs and ticks."""
