"""The version, a literal: asking the package metadata costs 35 ms at every start."""

VERSION = "0.1.0"
