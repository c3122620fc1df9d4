from tests.made_traces import make_trace, translation

__all__ = ["make_trace", "translation"]
