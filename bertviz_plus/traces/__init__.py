"""What was read from a model, as plain data that saves and loads."""

# Every kind of trace is known where one is read from a file.
import bertviz_plus.traces.seq2seq  # noqa: F401
