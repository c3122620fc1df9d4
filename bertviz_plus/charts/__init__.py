"""Altair charts of scores by hidden layer, and of heads, to extend.

They hold their own data, load nothing, and are ordinary Altair charts. A click on a layer sets the selection
``hidden_layer``; two lines tie it to a view::

    chart = alt.JupyterChart(bp.charts.by_layer(scores, ["knn"]))
    chart.selections.observe(bp.charts.shows_layer_in(view), "hidden_layer")
"""

from bertviz_plus.charts.changes import changes_by_layer
from bertviz_plus.charts.conditions import by_condition
from bertviz_plus.charts.curves import training_curves
from bertviz_plus.charts.heads import head_map, heads_by_layer
from bertviz_plus.charts.offline import draw_offline
from bertviz_plus.charts.probes import layer_profile, mixing_weights, tasks_by_layer
from bertviz_plus.charts.pruning import pruning
from bertviz_plus.charts.relations import relations_by_head
from bertviz_plus.charts.scores import by_layer, geometry_by_layer
from bertviz_plus.charts.selection import shows_layer_in
from bertviz_plus.charts.silhouettes import silhouette_by_number
from bertviz_plus.charts.surfaces import loss_surface

__all__ = [
    "by_condition",
    "by_layer",
    "changes_by_layer",
    "draw_offline",
    "geometry_by_layer",
    "head_map",
    "heads_by_layer",
    "layer_profile",
    "loss_surface",
    "mixing_weights",
    "pruning",
    "relations_by_head",
    "shows_layer_in",
    "silhouette_by_number",
    "tasks_by_layer",
    "training_curves",
]
