"""Sentences with their gold trees, and the trees that a model's heads make of them."""

from bertviz_plus.views.syntax.view import SyntaxView

__all__ = ["SyntaxView"]
