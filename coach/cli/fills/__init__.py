"""`coach fills` and `coach coverage`: fills one by one, and how whole the record of them is."""
