"""Where a widget's model is made only when its view is displayed."""

import os
import sys

# Their widgets live in a frame for each output, or in a front end that sanitises HTML.
_VARIABLES = ("DATABRICKS_RUNTIME_VERSION", "KAGGLE_KERNEL_RUN_TYPE")
# What a host sets for its kernels, and so for what is started from them.
_NAMES = {
    "COLAB_RELEASE_TAG": "Google Colab",
    "KAGGLE_KERNEL_RUN_TYPE": "Kaggle",
    "DATABRICKS_RUNTIME_VERSION": "Databricks",
    "DEEPNOTE_PROJECT_ID": "Deepnote",
    "VSCODE_PID": "VS Code",
    "JPY_SESSION_NAME": "a Jupyter server",
    "JPY_PARENT_PID": "a Jupyter server",
}
# Of these names, where `needs_widget_view` holds in a kernel.
WIDGET_VIEW_HOSTS = ("Google Colab", "Kaggle", "Databricks")


def needs_widget_view() -> bool:
    """Return whether this host must be shown the widget's view for Python and the view to talk.

    Elsewhere the output draws itself, and needs of the host no more than the widget's model. marimo has its
    own way to show an anywidget and never asks.

    Examples
    --------
    >>> needs_widget_view()
    False
    """
    return "google.colab.output" in sys.modules or any(map(os.environ.get, _VARIABLES))


def host_name() -> str:
    """Return the host that this process was started in, as far as its environment tells; empty if not.

    Examples
    --------
    >>> isinstance(host_name(), str)
    True
    """
    return next((name for variable, name in _NAMES.items() if os.environ.get(variable)), "")
