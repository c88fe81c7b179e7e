"""Streams of events over real sockets, measured on servers of their own."""
