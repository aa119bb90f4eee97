"""The JSON of the engine."""
