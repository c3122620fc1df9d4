"""Words and sentences of two languages."""
