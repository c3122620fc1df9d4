"""Data written for this package, and readers of data in the same spirit."""
