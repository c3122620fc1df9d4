"""Sentences, their translations, and the links between their words."""

from bertviz_plus.views.alignment.view import AlignmentView

__all__ = ["AlignmentView"]
