"""A MONAI Label app as its samples are written, with a version's network: the peer of the inference bench."""
