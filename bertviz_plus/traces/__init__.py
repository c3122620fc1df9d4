"""What was read from a model, as plain data that saves and loads."""
