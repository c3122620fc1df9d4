"""Numbers about traces and models: pure functions, no widgets."""
