"""The same books as Kraken would tell them: signed forms, offsets, errors under status 200."""
