"""Pictures from data and state, with no browser."""
