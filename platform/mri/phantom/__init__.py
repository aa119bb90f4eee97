"""Digital phantoms: images whose true labels are known by construction."""
