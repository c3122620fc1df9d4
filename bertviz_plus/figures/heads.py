"""The heads mode as a picture: two columns of tokens, links between them, a strip of squares per token."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.figures.fonts import shorten, text_width
from bertviz_plus.figures.furniture import AXIS, READING, SMALL, Drawn, Page
from bertviz_plus.figures.heads_layout import (
    RULER,
    SQUARES_FROM,
    TOKEN_PAD,
    Column,
    braces,
    lay_out_heads,
    sentence_starts,
)
from bertviz_plus.figures.links import cables, resting_links, strand_from
from bertviz_plus.figures.palette import mix
from bertviz_plus.figures.scene import Scene
from bertviz_plus.figures.sheet import LEAST_WEIGHT, FigureState, Floats, Sheet
from bertviz_plus.figures.wording import counted, heads_text, percent, weight_text

MOST_LINKS = 20_000
_HEADER = 18.0
_WIDE_FROM = 700.0
_FAINT = 0.0012
_WARM, _HOT = 0.08, 0.25
# Of one target in the reading line, about.
_TARGET_WIDTH = 130


class HeadsDrawing:
    """One picture of the mode.

    Parameters
    ----------
    scene : Scene
        Is filled.
    sheet : Sheet
    state : FigureState
    page : Page
    top : float
        Where the figure begins, in CSS pixels.
    """

    def __init__(self, scene: Scene, sheet: Sheet, state: FigureState, page: Page, top: float) -> None:
        self._scene, self._sheet, self._state, self._page = scene, sheet, state, page
        wide = scene.width >= _WIDE_FROM
        near_axis = sheet.rows if state.side == "from" else sheet.columns
        self._selected = np.flatnonzero(np.isin(near_axis.unit, state.selected_tokens))
        self._reading_at = top
        # In a narrow picture the reading line stands above the columns' names.
        self._top = top if wide or (page.on_paper and not len(self._selected)) else top + READING
        self._below = self._top + _HEADER
        self._heads = list(state.heads)
        n_heads = len(sheet.weights)
        self._names = ("from target", "to source") if sheet.kind == "cross" else ("from", "to")
        axes = (sheet.rows, sheet.columns)
        self._layout = lay_out_heads(scene.width, page.height, self._below, n_heads, axes, self._names)
        self._floor = max(state.threshold, LEAST_WEIGHT)
        onto_left = bool(len(self._selected)) and state.side == "to"
        self._near, self._far = (
            (self._layout.columns, self._layout.rows)
            if state.side == "to"
            else (self._layout.rows, self._layout.columns)
        )
        self._beside = self._layout.rows if onto_left else self._layout.columns
        self._ends = self._layout.span(onto_left=onto_left, heads=n_heads)
        self._values = self._strip_values()

    def draw(self) -> Drawn:
        """Draw everything, and return where it ends and what the caption says."""
        self._draw_header()
        dropped = self._draw_links()
        for column in (self._layout.rows, self._layout.columns):
            self._draw_tokens(column)
        self._draw_strips()
        if self._layout.scrolls:
            self._draw_ruler()
        if len(self._selected):
            self._draw_reading()
        hidden = self._sheet.hidden_share(self._state.heads, self._state.threshold)
        several = self._page.on_paper and len(self._heads) > 1
        in_header = self._layout.cell >= SQUARES_FROM and not self._scene.colours.grey
        legend = tuple(sorted(self._heads)) if several and not in_header else ()
        return Drawn(self._below + self._layout.height, self._caption(dropped), hidden, legend)

    def _strip_values(self) -> Floats:
        """Return the weight of each square, ``[heads, tokens]``."""
        weights, selected = self._sheet.weights, self._selected
        if not len(selected):
            return self._sheet.received_from(self._state.threshold)
        taken = weights[:, selected] if self._state.side == "from" else weights[:, :, selected].swapaxes(1, 2)
        taken = np.where(np.isfinite(taken) & (taken >= self._floor), taken, np.float32(0))
        combined: Floats = taken.mean(axis=1) if self._state.combine == "mean" else taken.sum(axis=1)
        return combined

    def _draw_header(self) -> None:
        scene, layout, sheet = self._scene, self._layout, self._sheet
        soft, baseline = scene.colours.soft, self._top + 10.5
        right = layout.rows.width - TOKEN_PAD
        scene.text(right, baseline, self._names[0], size=AXIS, colour=soft, anchor="end")
        scene.text(layout.columns.x + TOKEN_PAD, baseline, self._names[1], size=AXIS, colour=soft)
        for head in range(len(sheet.weights)):
            on = 1.0 if head in self._heads else 0.25
            x = self._ends[2] + head * layout.cell
            if layout.cell >= SQUARES_FROM:
                shade = mix(scene.colours.paper, soft, on)
                scene.text(x + layout.cell / 2, baseline, str(head), size=10, colour=shade, anchor="middle")
            colour = mix(scene.colours.paper, scene.colours.head(head), on)
            scene.rect(x + 1, self._top + 14, max(1.0, layout.cell - 2), 3, colour)

    def _draw_links(self) -> int:
        """Draw links at rest, and cables to what is selected; return how many links were left out."""
        rows, columns, sheet = self._layout.rows, self._layout.columns, self._sheet
        seen = sheet.weights
        if len(rows.shown) < sheet.rows.size:
            seen = seen[:, rows.shown]
        if len(columns.shown) < sheet.columns.size:
            seen = seen[:, :, columns.shown]
        if len(self._heads) < len(seen):
            seen = seen[self._heads]
        hairline = 1 / self._page.scale
        resting, dropped = resting_links(
            self._scene.colours,
            seen,
            np.array(self._heads),
            sheet.columns.special[columns.shown],
            (rows.y, columns.y),
            (rows.width + 1, columns.x - 1),
            floor=self._floor,
            faded=bool(len(self._selected)),
            hairline=hairline,
            most=MOST_LINKS if self._page.on_paper else None,
        )
        self._scene.add(*resting)
        for token in self._selected.tolist():
            at = np.flatnonzero(self._near.shown == token)
            if not len(at):
                continue
            own = self._weights_of(token)[:, self._far.shown]
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
                    strand_from=strand_from(sheet.columns.size),
                    hairline=hairline,
                )
            )
        return dropped

    def _weights_of(self, token: int) -> Floats:
        """Return what the heads that are on give between a token and all of the other side."""
        weights = self._sheet.weights
        taken = weights[:, token] if self._state.side == "from" else weights[:, :, token]
        own = taken[self._heads]
        return np.where(np.isfinite(own), own, np.float32(0))

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
                bar = column.x + column.width - 3 if is_left else column.x
                scene.rect(bar, y - layout.row / 2 + 3, 3, layout.row - 6, scene.colours.ink)
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
        if not starts:
            return
        place = dict(zip(column.shown.tolist(), column.y.tolist(), strict=True))
        for start in (0, *starts):
            if start not in place:
                continue
            stuck = self._layout.row + 4 if start == 0 and not self._page.on_paper else 0.0
            self._scene.text(
                0 if is_left else column.x + column.width,
                place[start] + stuck + 4,
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
        shades = np.array([self._scene.colours.head(int(h)) for h in heads], np.uint8)[at_head]
        left = self._ends[2] + head * layout.cell
        if layout.cell >= SQUARES_FROM:
            side = np.sqrt(weight) * min(layout.cell - 1, layout.row - 4)
            alpha = np.where(side < 1.5, 0.55, 1.0)
            side = np.maximum(side, 1)
            self._scene.rects(left + (layout.cell - side) / 2, y - side / 2, side, side, shades, alpha)
            return
        tall = weight * (layout.row - 5)
        alpha = np.where(tall < 1, 0.45, 1.0)
        tall = np.maximum(tall, 1)
        wide = np.full(len(head), max(1.0, layout.cell - 1))
        self._scene.rects(left + 0.5, y + layout.row / 2 - 3 - tall, wide, tall, shades, alpha)

    def _draw_ruler(self) -> None:
        """Draw the whole text's weights in the place of the scroll bar, and the window in view."""
        layout, column = self._layout, self._beside
        scale = layout.height / column.length
        colour = mix(self._scene.colours.paper, self._scene.colours.hair, 0.6)
        window = min(layout.height, layout.height * scale)
        self._scene.rect(layout.ruler, self._below, RULER, window, colour)
        strongest = np.minimum(self._values[self._heads].max(axis=0), 1)
        tokens = np.flatnonzero(strongest >= 0.004)
        length = np.maximum(1, np.sqrt(strongest[tokens]) * RULER)
        self._scene.rects(
            layout.ruler + RULER - length,
            self._below + np.round((column.middle[tokens] - layout.row / 2) * scale),
            length,
            np.full(len(tokens), max(1, round(layout.row * scale) - 1)),
            self._scene.colours.ramp[np.rint(254 * strongest[tokens]).astype(np.intp)],
            np.ones(len(tokens)),
        )

    def _draw_reading(self) -> None:
        """Write what the selected tokens attend to, above the figure."""
        scene, heads = self._scene, self._heads
        near, far = self._near.axis, self._far.axis
        own = self._values[heads]
        best = own.max(axis=0)
        links = self._layout.columns.x - self._layout.rows.width
        most = max(2, min(4, int(links // _TARGET_WIDTH) - 1))
        targets = [j for j in np.argsort(-best, kind="stable")[:most].tolist() if best[j] > 0]
        token = int(self._selected[0])
        start = shorten(near.labels[token], 120, SMALL)
        if len(self._selected) > 1:
            start = f"{self._state.combine} of {len(self._selected)} tokens"
        parts = [
            f"{shorten(far.labels[j], 90, SMALL)} {weight_text(float(best[j]))}"
            + (f" (head {heads[int(own[:, j].argmax())]})" if len(heads) > 1 else "")
            for j in targets
        ]
        text = (" → " if self._state.side == "from" else " ← ") + (
            ", ".join(parts) or "nothing that is shown"
        )
        wide = scene.width >= _WIDE_FROM
        left, room = 0.0, scene.width
        if wide:
            left = self._layout.rows.width + 1
            room = self._layout.columns.x - 1 - left
        bold = text_width(start, SMALL, bold=True)
        text = shorten(text, room - bold, SMALL)
        x = left + max(0.0, room - bold - text_width(text, SMALL)) / 2 if wide else left
        scene.text(x, self._reading_at + 12, start, size=SMALL, bold=True)
        scene.text(x + bold, self._reading_at + 12, text, size=SMALL, colour=scene.colours.soft)

    def _caption(self, dropped: int) -> list[str]:
        sheet, state, layout = self._sheet, self._state, self._layout
        at_rest = not len(self._selected)
        parts = [self._page.title]
        if self._page.several_kinds:
            parts.append(f"{sheet.kind} attention")
        parts.append(f"layer {sheet.layer}, {heads_text(state.heads, len(sheet.weights))}")
        if state.segments != "all":
            parts.append(f"only {state.segments.upper()}")
        if len(self._heads) > 1:
            strand = weight_text(strand_from(sheet.columns.size))
            parts.append("grey: several heads" if at_rest else f"grey: mean, colour: ≥ {strand}")
        mark = "squares" if layout.cell >= SQUARES_FROM else "bars"
        parts.append(f"{mark}: {'mean received' if at_rest else 'weight'}")
        if self._page.on_paper and mark == "squares":
            parts[-1] += ", by area"
        if layout.scrolls:
            parts += self._window_text(at_rest=at_rest)
        parts += self._special_text(self._page.special_share)
        if dropped:
            parts.append(f"{counted(dropped, 'weakest link')} left out")
        if sheet.missing:
            parts.append(f"{counted(sheet.missing, 'weight')} missing")
        return parts

    def _special_text(self, share: float) -> Iterable[str]:
        sheet, state = self._sheet, self._state
        names = self._page.special_names
        if not state.hide_special:
            special: NDArray[np.bool_] = sheet.columns.special
            names = tuple(dict.fromkeys(np.array(sheet.columns.labels, object)[special].tolist()))
            share = float(sheet.received[self._heads].mean(axis=0)[special].sum())
        if not names or len(names) > 3 or share < 0.005:
            return
        yield f"{'hidden' if state.hide_special else 'paler'}: {', '.join(names)} ({percent(share)})"

    def _window_text(self, *, at_rest: bool) -> Iterable[str]:
        column = self._beside
        size = column.axis.size
        seen = np.zeros(size, bool)
        seen[column.shown] = True
        inner = seen.copy()
        if column.sticks:
            inner[0] &= not column.axis.special[0]
            inner[-1] &= not column.axis.special[-1]
        inside = np.flatnonzero(inner)
        if at_rest and len(inside):
            yield f"tokens {inside[0]}–{inside[-1]} of {size}"
            return
        total = self._values[self._heads].sum(axis=0)
        below = float(total[~seen].sum() / (total.sum() or 1))
        if below > 0:
            yield f"out of view: 0% above, {percent(below)} below"


def draw_heads(scene: Scene, sheet: Sheet, state: FigureState, page: Page, top: float) -> Drawn:
    """Draw the mode into a scene, and return where it ends and what its caption says.

    Parameters
    ----------
    scene : Scene
    sheet : Sheet
    state : FigureState
    page : Page
    top : float
        Where the figure begins, in CSS pixels.

    Returns
    -------
    Drawn
    """
    return HeadsDrawing(scene, sheet, state, page, top).draw()
