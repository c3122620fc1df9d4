"""Vectors as points by hidden layer: a word's occurrences, and sentences of several languages."""

from bertviz_plus.views.senses.languages import LanguageView
from bertviz_plus.views.senses.view import SenseView

__all__ = ["LanguageView", "SenseView"]
