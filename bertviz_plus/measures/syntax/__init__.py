"""Trees, in heads and in vectors."""
