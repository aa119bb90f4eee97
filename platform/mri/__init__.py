"""Volumes, grids, NIfTI and BIDS files, label maps and digital phantoms; no web framework in here."""
