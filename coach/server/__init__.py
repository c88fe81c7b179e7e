"""A face over HTTP: the same answers as the command line, for a browser and for scripts."""
