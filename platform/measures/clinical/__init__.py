"""Clinical measures: what a study reads off its label maps, in mm, cm2, degrees, N and the units of the image."""
