"""The report of a whole study: its tables and figures, and the protocol's published figures beside them."""
