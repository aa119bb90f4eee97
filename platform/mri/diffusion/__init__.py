"""Diffusion MRI: gradient tables, tensor maps, tractography. DIPY is imported where it is used, never at start."""
