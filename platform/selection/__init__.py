"""Which unlabelled cases a team should label next: uncertainty of predictions, and the choice of a batch. Pure."""
