"""Small experiments that change a model."""
