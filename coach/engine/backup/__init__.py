"""Backups: the database and the candles in one file that an age key opens, read back and compared.

A file is a line of plain JSON (what it is, which key opens it) and an age file behind it, which
holds a tar: `manifest.json`, the objects of candles, and the database as gzipped SQL in pieces. It
opens without coach: `tail -n +2 FILE | age -d -i KEY | tar x`, then
`cat database.sql.gz.* | gunzip | psql`. The key of keys is never inside.
"""
