"""Checks of a label map against anatomy: side, order, completeness, islands, neighbourhood."""
