"""Conclusions that are due, and drawing them: before anybody looks at one."""
