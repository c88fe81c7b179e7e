"""How each noun looks to every face: its rows, its columns and its JSON. Nothing here does I/O.

A module is a noun. Its functions turn a value of the engine into a row, a `TypedDict` of exact
values that `coach.model.plain` writes as JSON; its tuples of columns choose fields of the rows.
"""
