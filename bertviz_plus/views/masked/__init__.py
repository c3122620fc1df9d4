"""A sentence to change, what a model predicts before and after, and the words that made it so."""

from bertviz_plus.views.masked.view import MaskedView

__all__ = ["MaskedView"]
