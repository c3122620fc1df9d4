"""The widgets: one file per view."""
