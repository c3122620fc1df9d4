"""The vectors of words and sentences."""
