"""Measures of label maps: overlap, distances between surfaces, summaries; no web framework in here."""
