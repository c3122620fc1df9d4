"""Every attention head of a model on a text."""

from bertviz_plus.views.attention.view import AttentionView

__all__ = ["AttentionView"]
