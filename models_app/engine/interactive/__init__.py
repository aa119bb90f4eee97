"""Interactive segmentation: scribbles and clicks on an open case, answered by the MONAI Label process.

A session belongs to one user and one volume; the case stays decoded in memory, and an answer is the box that changed.
docs/interactive.md has the whole of it.
"""
