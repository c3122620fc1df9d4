"""Names of the arrays that a trace may hold, by their shape."""

PER_HEAD = ("queries", "keys", "values", "context")
PER_PAIR = ("attention", "scores", "output_norms")
PER_QUERY = ("sinks", "sink_scores")
ARRAYS = ("attention", "hidden_states", *PER_HEAD, "scores", "output_norms", *PER_QUERY)

CROSS_PER_TARGET = ("cross_queries", "cross_context")
CROSS_PER_SOURCE = ("cross_keys", "cross_values")
CROSS_PER_PAIR = ("cross", "cross_scores", "cross_output_norms")
CROSS_ARRAYS = (*CROSS_PER_PAIR, *CROSS_PER_TARGET, *CROSS_PER_SOURCE)
