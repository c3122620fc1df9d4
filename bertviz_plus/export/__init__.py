"""A view without a kernel."""
