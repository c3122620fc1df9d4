"""The heads plate: two columns of tokens, links between them, a strip of squares per token."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.design import section
from bertviz_plus.plates.attention_columns import (
    SQUARES_FROM,
    TOKEN_PAD,
    Column,
    braces,
    lay_out_columns,
    sentence_starts,
)
from bertviz_plus.plates.attention_links import LINKS_A_ROW, MOST_LINKS, cables, resting_links, strand_from
from bertviz_plus.plates.attention_quantity import SIGNED_WORDS, relative
from bertviz_plus.plates.attention_state import AttentionState, Drawn
from bertviz_plus.plates.caption import Part
from bertviz_plus.plates.fonts import shorten
from bertviz_plus.plates.palette import mix
from bertviz_plus.plates.scene import Scene
from bertviz_plus.plates.type_sizes import AXIS, SMALL
from bertviz_plus.plates.wording import counted, heads_text, listed, percent, weight_text
from bertviz_plus.traces.attention_layer import AttentionLayer, Floats
from bertviz_plus.traces.weight_codes import LEAST_WEIGHT

_COLUMNS, _STRIPS = section("attention.columns"), section("attention.strips")
_WORDS = section("words.links").texts()

_HEADER = 18.0
# Squares that would be smaller are not drawn, and none is smaller than a pixel.
_FAINT, _THINNEST = _STRIPS.number("faint"), _STRIPS.number("thinnest")
_SOLID, _FAINT_OPACITY = _STRIPS.number("solid_from"), _STRIPS.number("faint_opacity")
_SQUARE_ROOM, _BAR_ROOM = _STRIPS.number("square_room"), _STRIPS.number("bar_room")
_WARM, _HOT = _COLUMNS.number("ink_from_weight"), _COLUMNS.number("bold_from_weight")
# In a file of few bytes.
_FAINTEST_SMALL, _MOST_SMALL = 0.05, 300
_MOST_NAMED = 3


class HeadsDrawing:
    """One drawing of the mode.

    Parameters
    ----------
    scene : Scene
        Is filled.
    layer : AttentionLayer
    state : AttentionState
    room : float
        How high it may be.
    special : (tuple of str, float)
        Names of the special tokens, and which share of the attention they take: also where they are hidden.
    """

    def __init__(
        self,
        scene: Scene,
        layer: AttentionLayer,
        state: AttentionState,
        room: float,
        special: tuple[tuple[str, ...], float],
    ) -> None:
        self._scene, self._layer, self._state, self._special = scene, layer, state, special
        # A signed number is drawn by its size beside the layer's largest, in a colour that tells the sign.
        self._sizes = relative(np.abs(layer.weights)) if state.signed else layer.weights
        self._negative = layer.weights < 0
        near_axis = layer.rows if state.side == "from" else layer.columns
        self._selected = np.flatnonzero(np.isin(near_axis.unit, state.selected_tokens))
        self._heads = list(state.heads)
        n_heads = len(layer.weights)
        self._names = ("from target", "to source") if layer.kind == "cross" else ("from", "to")
        axes = (layer.rows, layer.columns)
        self._layout = lay_out_columns(scene.width, room - _HEADER, _HEADER, n_heads, axes, self._names)
        self._floor = LEAST_WEIGHT if state.signed else max(state.threshold, LEAST_WEIGHT)
        onto_left = bool(len(self._selected)) and state.side == "to"
        pair = (self._layout.rows, self._layout.columns)
        self._near, self._far = pair[::-1] if state.side == "to" else pair
        self._beside = self._layout.rows if onto_left else self._layout.columns
        self._ends = self._layout.span(onto_left=onto_left, heads=n_heads)
        values = self._strip_values()
        largest = float(np.abs(values[self._heads]).max(initial=0)) or 1.0
        self._values = np.abs(values) / np.float32(largest) if state.signed else values
        self._below = values < 0

    def draw(self) -> Drawn:
        """Draw everything."""
        self._draw_header()
        dropped = self._draw_links()
        columns = (self._layout.rows, self._layout.columns)
        for column in columns:
            self._draw_tokens(column)
        self._draw_strips()
        state = self._state
        hidden = 0.0 if state.signed else self._layer.hidden_share(state.heads, state.threshold)
        in_header = self._layout.cell >= SQUARES_FROM and not self._scene.colours.grey
        legend = () if in_header or len(self._heads) == 1 else tuple(sorted(self._heads))
        return Drawn(self._layout.bottom, [*self._caption(dropped)], hidden, legend, self._is_cut)

    @property
    def _is_cut(self) -> bool:
        return self._layout.rows.is_cut or self._layout.columns.is_cut

    def _strip_values(self) -> Floats:
        """Return the weight of each square, ``[heads, tokens]``."""
        weights, selected = self._layer.weights, self._selected
        if not len(selected):
            return self._layer.received_from(0.0 if self._state.signed else self._state.threshold)
        taken = weights[:, selected] if self._state.side == "from" else weights[:, :, selected].swapaxes(1, 2)
        above = np.isfinite(taken) if self._state.signed else np.isfinite(taken) & (taken >= self._floor)
        taken = np.where(above, taken, np.float32(0))
        combined: Floats = taken.mean(axis=1) if self._state.combine == "mean" else taken.sum(axis=1)
        return combined

    def _draw_header(self) -> None:
        scene, layout = self._scene, self._layout
        soft, baseline = scene.colours.soft, 10.5
        right = layout.rows.width - TOKEN_PAD
        scene.text(right, baseline, self._names[0], size=AXIS, colour=soft, anchor="end")
        scene.text(layout.columns.x + TOKEN_PAD, baseline, self._names[1], size=AXIS, colour=soft)
        for head in sorted(self._heads):
            x = self._ends[2] + head * layout.cell
            if layout.cell >= SQUARES_FROM:
                scene.text(x + layout.cell / 2, baseline, str(head), size=10, colour=soft, anchor="middle")
            scene.rect(x + 1, 14, max(1.0, layout.cell - 2), 3, scene.colours.head(head))

    def _draw_links(self) -> int:
        """Draw all links, or those of the selected tokens; return how many were left out."""
        hairline = 1 / self._scene.scale
        if not len(self._selected):
            return self._draw_resting_links(hairline)
        for token in self._selected.tolist():
            at = np.flatnonzero(self._near.shown == token)
            if not len(at):
                continue
            own = self._of_token(self._sizes, token)[:, self._far.shown]
            below = self._of_token(self._negative, token)[:, self._far.shown]
            self._scene.add(
                *cables(
                    self._scene.colours,
                    own,
                    self._heads,
                    float(self._near.y[at[0]]),
                    self._far.y,
                    self._ends[:2],
                    forward=self._state.side == "from",
                    row=self._layout.row,
                    floor=self._floor,
                    strand_from=strand_from(self._layer.columns.size),
                    hairline=hairline,
                    negative=below if self._state.signed else None,
                )
            )
        return 0

    def _draw_resting_links(self, hairline: float) -> int:
        rows, columns, layer = self._layout.rows, self._layout.columns, self._layer
        resting, dropped = resting_links(
            self._scene.colours,
            self._sizes[:, rows.shown][:, :, columns.shown][self._heads],
            np.array(self._heads),
            layer.columns.special[columns.shown] & (not self._state.signed),
            (rows.y, columns.y),
            (rows.width + 1, columns.x - 1),
            floor=self._floor,
            hairline=hairline,
            most=_MOST_SMALL if self._scene.small else MOST_LINKS,
            faintest=_FAINTEST_SMALL if self._scene.small else 0.0,
            a_row=LINKS_A_ROW if self._is_cut else None,
            negative=self._negative[:, rows.shown][:, :, columns.shown][self._heads]
            if self._state.signed
            else None,
        )
        self._scene.add(*resting)
        return dropped

    def _of_token(self, of: NDArray[Any], token: int) -> NDArray[Any]:
        """Return what the heads that are on have between a token and all of the other side."""
        own = (of[:, token] if self._state.side == "from" else of[:, :, token])[self._heads]
        return np.where(np.isfinite(own), own, np.zeros((), own.dtype))

    def _draw_tokens(self, column: Column) -> None:
        scene, layout = self._scene, self._layout
        is_left = column is layout.rows
        focused = bool(len(self._selected))
        is_near = focused and column is self._near
        strongest = self._values[self._heads].max(axis=0) if focused and not is_near else None
        edge = column.width - TOKEN_PAD if is_left else column.x + TOKEN_PAD
        for i, y in zip(column.shown.tolist(), column.y.tolist(), strict=True):
            size = column.size_of(i)
            soft = bool(column.axis.special[i]) or focused
            bold = False
            if is_near and i in self._selected:
                soft, bold = False, True
                scene.rect(column.x, y - layout.row / 2, column.width, layout.row, scene.colours.wash)
            elif strongest is not None and strongest[i] >= _WARM:
                soft, bold = False, bool(strongest[i] >= _HOT)
            scene.text(
                edge,
                y + (4.0 if size == SMALL else 4.5),
                shorten(column.axis.labels[i], column.text, size),
                size=size,
                colour=scene.colours.soft if soft else scene.colours.ink,
                anchor="end" if is_left else "start",
                bold=bold,
            )
        if column.gap is not None:
            quiet = scene.colours.soft
            scene.text(edge, column.gap + 2, "…", colour=quiet, anchor="end" if is_left else "start")
        self._draw_braces(column, is_left=is_left)
        self._draw_sentence_marks(column, is_left=is_left)

    def _draw_braces(self, column: Column, *, is_left: bool) -> None:
        """Hold the subwords of a word together."""
        place = dict(zip(column.shown.tolist(), column.y.tolist(), strict=True))
        colour = mix(self._scene.colours.paper, self._scene.colours.soft, 0.75)
        row = self._layout.row
        for first, last, widest in braces(column):
            if first not in place or last not in place:
                continue
            out = TOKEN_PAD + widest + 5
            top, height = place[first] - row / 2 + 5, (last - first + 1) * row - 10
            x = column.width - out - 4 if is_left else column.x + out
            upright, ends = (x, x + 1) if is_left else (x + 3, x)
            self._scene.rects(
                [upright, ends, ends],
                [top + 1, top, top + height - 1],
                [1, 3, 3],
                [height - 2, 1, 1],
                [colour] * 3,
                [1, 1, 1],
            )

    def _draw_sentence_marks(self, column: Column, *, is_left: bool) -> None:
        """Write A and B beside the texts of a pair."""
        starts = sentence_starts(column.axis)
        place = dict(zip(column.shown.tolist(), column.y.tolist(), strict=True))
        for start in (0, *starts) if starts else ():
            if start in place:
                self._scene.text(
                    0 if is_left else column.x + column.width,
                    place[start] + 4,
                    "AB"[int(column.axis.segment[start])],
                    size=AXIS,
                    colour=self._scene.colours.soft,
                    anchor="start" if is_left else "end",
                )

    def _draw_strips(self) -> None:
        """Draw squares whose area is the weight; bars where there is no room for squares."""
        layout, column = self._layout, self._beside
        heads = np.array(sorted(self._heads))
        full = max(1.0, float(self._values[heads].max(initial=0)))
        weights = self._values[heads][:, column.shown] / np.float32(full)
        at_head, at_token = np.nonzero(weights >= _FAINT)
        if not len(at_head):
            return
        weight, head, y = weights[at_head, at_token], heads[at_head], column.y[at_token]
        colours = self._scene.colours
        shades = np.array([colours.head(int(h)) for h in heads], np.uint8)[at_head]
        if self._state.signed:
            below = self._below[heads][:, column.shown][at_head, at_token]
            shades = np.where(below[:, np.newaxis], colours.negative, colours.positive).astype(np.uint8)
        left = self._ends[2] + head * layout.cell
        if layout.cell >= SQUARES_FROM:
            side = np.sqrt(weight) * min(layout.cell - 1, layout.row - _SQUARE_ROOM)
            alpha = np.where(side < _SOLID, _FAINT_OPACITY, 1.0)
            side = np.maximum(side, _THINNEST)
            self._scene.rects(left + (layout.cell - side) / 2, y - side / 2, side, side, shades, alpha)
            return
        tall = weight * (layout.row - _BAR_ROOM)
        alpha = np.where(tall < _THINNEST, _FAINT_OPACITY, 1.0)
        tall = np.maximum(tall, _THINNEST)
        wide = np.full(len(head), max(1.0, layout.cell - 1))
        self._scene.rects(left + 0.5, y + layout.row / 2 - 3 - tall, wide, tall, shades, alpha)

    def _caption(self, dropped: int) -> Iterable[Part]:
        layer, state, layout = self._layer, self._state, self._layout
        at_rest = not len(self._selected)
        yield f"{layer.where}, {heads_text(state.heads, len(layer.weights), layer.mean_of)}"
        if state.segments != "all":
            yield f"only {state.segments.upper()}"
        if not at_rest:
            yield self._selection_text()
        if state.signed:
            yield SIGNED_WORDS["colours"]
        elif len(self._heads) > 1:
            strand = weight_text(strand_from(layer.columns.size))
            yield _WORDS["rest"] if at_rest else f"{_WORDS['focus']} {strand} or more"
        mark = "squares, by area" if layout.cell >= SQUARES_FROM else "bars"
        yield f"{mark}: {'mean received' if at_rest else state.quantity}"
        # In focus nothing is paler.
        if not state.signed and (at_rest or state.hide_special):
            yield from self._special_text()
        yield from self._cut_text()
        if dropped and self._is_cut:
            yield f"{LINKS_A_ROW} strongest links a row, {dropped:,} weaker left out"
        elif dropped:
            yield f"{counted(dropped, 'faintest link')} left out"
        if layer.missing:
            yield f"{counted(layer.missing, 'weight')} missing"

    def _selection_text(self) -> str:
        way, labels = self._state.side, self._near.axis.labels
        if len(self._selected) > _MOST_NAMED:
            return f"only {way} {len(self._selected)} tokens, {self._state.combine}"
        names = [f"“{shorten(labels[i], 120, SMALL)}”" for i in self._selected.tolist()]
        joined = f", {self._state.combine}" if len(names) > 1 else ""
        return f"only {way} {listed(names)}{joined}"

    def _special_text(self) -> Iterable[str]:
        names, share = self._special
        if names and len(names) <= _MOST_NAMED and share >= 0.005:
            way = "hidden" if self._state.hide_special else "paler"
            yield f"{way}: {', '.join(names)} ({percent(share)})"

    def _cut_text(self) -> Iterable[str]:
        """Say which tokens are left out, and how much of the attention goes there."""
        column = self._beside if self._beside.is_cut else self._near
        if not column.is_cut:
            return
        units, size = self._state.units, column.axis.size
        left_out = np.ones(size, bool)
        left_out[column.shown] = False
        first, last = np.flatnonzero(left_out)[[0, -1]].tolist()
        share = ""
        if column is self._beside and not self._state.signed:
            total = self._values[self._heads].sum(axis=0)
            share = f", with {percent(float(total[left_out].sum() / (total.sum() or 1)))} of the attention"
        yield f"{units} {first}–{last} of {size} left out{share}"
