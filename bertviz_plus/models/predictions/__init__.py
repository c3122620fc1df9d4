"""What a model with a head answers."""
