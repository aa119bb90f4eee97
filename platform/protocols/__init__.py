"""The declarative study protocols and their loader; no web framework in here."""
