"""The heads mode as a picture: two columns of tokens, the links between them, a strip of squares per token."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.figures.fonts import shorten, text_width
from bertviz_plus.figures.furniture import AXIS, SMALL, TEXT, Drawn, Page
from bertviz_plus.figures.links import draw_cables, resting_links
from bertviz_plus.figures.palette import mix
from bertviz_plus.figures.scene import Scene
from bertviz_plus.figures.sheet import Axis, Floats, FigureState, Sheet
from bertviz_plus.figures.wording import counted, heads_text, listed, percent, weight_text

HEADER = 18.0
MOST_LINKS = 20_000
_RULER = 16.0
_WIDEST = 980.0


@dataclass(frozen=True, eq=False)
class Column:
    """One column of tokens: which rows are in view, and where."""

    axis: Axis
    shown: NDArray[np.intp]
    y: Floats
    scrolls: bool


@dataclass(frozen=True)
class Layout:
    """Where things are, in CSS pixels from the top left of the figure."""

    row: float
    height: float
    token_width: float
    right: float
    strip: float
    cell: float
    total: float
    narrow: bool
    scrolls: bool


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
    layout = _lay_out(scene.width, sheet, page)
    below = top + HEADER
    rows, columns = (_column(axis, layout, page, below) for axis in (sheet.rows, sheet.columns))
    far, near = (columns, rows) if state.side == "from" else (rows, columns)
    selected = np.flatnonzero(np.isin(near.axis.unit, state.selected_tokens))
    values = _strip_values(sheet, state, selected)
    _draw_header(scene, layout, state, len(sheet.weights), top)
    weights = sheet.weights[:, rows.shown][:, :, columns.shown][list(state.heads)]
    ends = (layout.token_width + 1, layout.right - 1)
    floor = max(state.threshold, 0.5 / 254)
    resting, dropped = resting_links(
        scene.colours,
        weights,
        np.asarray(state.heads),
        sheet.columns.special[columns.shown],
        (rows.y, columns.y),
        ends,
        floor=floor,
        faded=bool(len(selected)),
        hairline=1 / page.scale,
        most=MOST_LINKS if page.on_paper else None,
    )
    scene.add(*resting)
    for token in selected:
        if token not in near.shown:
            continue
        taken = sheet.weights[:, token] if state.side == "from" else sheet.weights[:, :, token]
        start = near.y[np.flatnonzero(near.shown == token)[0]]
        own = taken[list(state.heads)][:, far.shown]
        cables = draw_cables(
            scene.colours,
            np.nan_to_num(own, nan=0.0, posinf=0.0, neginf=0.0),
            state.heads,
            start,
            far.y,
            ends,
            forward=state.side == "from",
            row=layout.row,
            floor=floor,
            hairline=1 / page.scale,
        )
        scene.add(*cables)
    strongest = values[list(state.heads)].max(axis=0) if len(selected) else None
    for column, is_left in ((rows, True), (columns, False)):
        is_near = (column is near) if len(selected) else False
        _draw_tokens(scene, column, layout, below, is_left, selected, strongest, is_near=is_near)
    _draw_strips(scene, layout, far if len(selected) else columns, values, state, floor)
    if layout.scrolls:
        _draw_ruler(scene, layout, far if len(selected) else columns, values, state, below)
    if len(selected):
        _draw_reading(scene, layout, sheet, state, far.axis, near.axis, selected, top)
    caption = _caption(sheet, state, page, layout, far, values, selected, dropped)
    hidden = sheet.hidden_share(state.heads, state.threshold)
    chosen = state.heads if page.on_paper and len(state.heads) > 1 else ()
    legend = tuple(sorted(chosen)) if layout.cell < 9 or scene.colours.grey else ()
    return Drawn(below + layout.height, caption, hidden, legend)


def _lay_out(width: float, sheet: Sheet, page: Page) -> Layout:
    n = max(sheet.rows.size, sheet.columns.size, 1)
    row = float(min(24, max(20, 484 // n))) if not page.on_paper else 22.0
    height = row * n
    if page.height is not None:
        height = min(page.height // row * row, height)
    narrow = width < 520
    labels = (*sheet.rows.labels, *sheet.columns.labels)
    most = 72 if narrow else 150
    widest = 0.0
    for label in labels:
        # Longer labels are cut anyway.
        widest = max(widest, text_width(label, TEXT) if len(label) < 60 else most)
    token_width = float(np.ceil(min(widest * 1.06, most)) + 19)
    cell = 14.0 if width >= 700 else 9.0 if width >= 520 else 5.0
    gap = 14.0 if width >= 520 else 6.0
    heads = len(sheet.weights)
    # Many heads share what a third of the width gives.
    cell = max(2.0, min(cell, width * 0.34 // heads))
    scrolls = row * n > height
    total = min(width - (_RULER if scrolls else 0), 1e9 if narrow or page.on_paper else _WIDEST)
    strip = cell * heads
    right = total - strip - gap - token_width
    return Layout(row, height, token_width, right, total - strip, cell, total, narrow, scrolls)


def _column(axis: Axis, layout: Layout, page: Page, top: float) -> Column:
    slots = int(layout.height // layout.row)
    scrolls = axis.size > slots
    shown = np.arange(min(axis.size, slots))
    if scrolls and axis.special[-1]:
        shown[-1] = axis.size - 1
    y = (top + layout.row * (np.arange(len(shown)) + 0.5)).astype(np.float32)
    return Column(axis, shown, y, scrolls)


def _strip_values(sheet: Sheet, state: FigureState, selected: NDArray[np.intp]) -> Floats:
    """Return the weight of each square, ``[heads, tokens]``."""
    if not len(selected):
        return sheet.received
    if state.side == "from":
        taken = sheet.weights[:, selected]
    else:
        taken = sheet.weights[:, :, selected].swapaxes(1, 2)
    taken = np.nan_to_num(taken, nan=0.0, posinf=0.0, neginf=0.0)
    combined: Floats = taken.mean(axis=1) if state.combine == "mean" else taken.sum(axis=1)
    return combined


def _draw_header(scene: Scene, layout: Layout, state: FigureState, n_heads: int, top: float) -> None:
    colours = scene.colours
    middle = top + 11.5
    scene.text(layout.token_width - 9, middle, "from", size=AXIS, colour=colours.soft, anchor="end")
    scene.text(layout.right + 9, middle, "to", size=AXIS, colour=colours.soft)
    inset = 1.0 if layout.cell >= 9 else 0.5
    for head in range(n_heads):
        on = head in state.heads
        x = layout.strip + head * layout.cell
        if layout.cell >= 9:
            shade = mix(colours.paper, colours.soft, 1.0 if on else 0.35)
            centre = x + layout.cell / 2
            scene.text(centre, middle - 0.5, str(head), size=10, colour=shade, anchor="middle")
        colour = mix(colours.paper, colours.head(head), 1.0 if on else 0.15)
        scene.rect(x + inset, top + 14, layout.cell - 2 * inset, 3, colour)


def _draw_tokens(
    scene: Scene,
    column: Column,
    layout: Layout,
    top: float,
    is_left: bool,
    selected: NDArray[np.intp],
    strongest: Floats | None,
    *,
    is_near: bool,
) -> None:
    colours, axis = scene.colours, column.axis
    edge = layout.token_width - 9 if is_left else layout.right + 9
    anchor = "end" if is_left else "start"
    room = layout.token_width - 19
    for token, y in zip(column.shown.tolist(), column.y.tolist(), strict=True):
        special = bool(axis.special[token])
        size = SMALL if special else TEXT
        shade, bold = (colours.soft if special else colours.ink), False
        if strongest is not None and is_near:
            bold = token in selected
            shade = colours.ink if bold else colours.soft
            if bold:
                left = 0.0 if is_left else layout.right
                scene.rect(left, y - layout.row / 2, layout.token_width, layout.row, colours.wash)
                bar = layout.token_width - 3 if is_left else layout.right
                scene.rect(bar, y - layout.row / 2 + 3, 3, layout.row - 6, colours.ink)
        elif strongest is not None:
            bold = bool(strongest[token] >= 0.25)
            shade = colours.ink if strongest[token] >= 0.08 else colours.soft
        label = shorten(axis.labels[token], room, TEXT)
        scene.text(
            edge, y + 0.3465 * size, label, size=size, colour=shade, anchor=anchor, bold=bold
        )
    _draw_braces(scene, column, layout, is_left)
    _draw_segment_mark(scene, column, layout, is_left)


def _draw_braces(scene: Scene, column: Column, layout: Layout, is_left: bool) -> None:
    """Hold the subwords of a word together."""
    axis, room = column.axis, layout.token_width - 19
    words = axis.word[column.shown]
    colour = mix(scene.colours.paper, scene.colours.soft, 0.75)
    first = 0
    while first < len(words):
        last = first
        while last + 1 < len(words) and words[last + 1] == words[first] >= 0:
            last += 1
        if last > first:
            own = [axis.labels[token] for token in column.shown[first : last + 1]]
            widest = max(min(text_width(label, TEXT) if len(label) < 60 else room, room) for label in own)
            top = float(column.y[first]) - layout.row / 2 + 5
            height = (last - first + 1) * layout.row - 10
            if is_left:
                x = layout.token_width - 9 - widest - 9
                upright, ends = x, x + 1
            else:
                x = layout.right + 9 + widest + 5
                upright, ends = x + 3, x
            scene.rects(
                [upright, ends, ends],
                [top + 1, top, top + height - 1],
                [1, 3, 3],
                [height - 2, 1, 1],
                [colour] * 3,
                [1, 1, 1],
            )
        first = last + 1


def _draw_segment_mark(scene: Scene, column: Column, layout: Layout, is_left: bool) -> None:
    """Draw a hairline where the second text of a pair begins."""
    segments = column.axis.segment[column.shown]
    for at in np.flatnonzero(np.diff(segments) > 0):
        y = float(column.y[at]) + layout.row / 2
        x = 0.0 if is_left else layout.right + 9
        scene.rect(x, y - 0.5, layout.token_width - 9, 1, scene.colours.hair)


def _draw_strips(
    scene: Scene, layout: Layout, column: Column, values: Floats, state: FigureState, floor: float
) -> None:
    """Draw squares whose area is the weight; bars where there is no room for squares."""
    heads = np.array(sorted(state.heads))
    weights = values[heads][:, column.shown]
    at_head, at_token = np.nonzero(weights >= max(state.threshold, 0.3 / 254))
    if not len(at_head):
        return
    weight = np.minimum(weights[at_head, at_token], 1)
    head, y = heads[at_head], column.y[at_token]
    colours = np.array([scene.colours.head(int(h)) for h in head], np.uint8)
    if layout.cell >= 9:
        side = np.sqrt(weight) * min(layout.cell - 1, layout.row - 4)
        alpha = np.where(side < 1.5, 0.55, 1.0)
        side = np.maximum(side, 1)
        x = layout.strip + (head + 0.5) * layout.cell - side / 2
        scene.rects(x, y - side / 2, side, side, colours, alpha)
    else:
        tall = weight * (layout.row - 5)
        alpha = np.where(tall < 1, 0.45, 1.0)
        tall = np.maximum(tall, 1)
        wide = np.full(len(head), max(1.0, layout.cell - 1))
        bottom = y + layout.row / 2 - 3
        scene.rects(layout.strip + head * layout.cell + 0.5, bottom - tall, wide, tall, colours, alpha)


def _draw_ruler(
    scene: Scene, layout: Layout, column: Column, values: Floats, state: FigureState, top: float
) -> None:
    """Draw the whole text's weights in the place of the scroll bar, and the window in view."""
    n = column.axis.size
    x, pitch = layout.total + 5, layout.height / n
    window = layout.height * layout.height / (n * layout.row)
    scene.rect(x, top, 11, min(window, layout.height), mix(scene.colours.paper, scene.colours.hair, 0.6))
    strongest = np.minimum(values[list(state.heads)].max(axis=0), 1)
    tokens = np.flatnonzero(strongest >= 0.004)
    length = np.maximum(1, np.sqrt(strongest[tokens]) * 11)
    codes = np.rint(254 * strongest[tokens]).astype(np.intp)
    count = len(tokens)
    scene.rects(
        x + 11 - length,
        top + np.round(tokens * pitch),
        length,
        np.full(count, max(1, round(pitch) - 1)),
        scene.colours.ramp[codes],
        np.ones(count),
    )


def _draw_reading(
    scene: Scene,
    layout: Layout,
    sheet: Sheet,
    state: FigureState,
    far: Axis,
    near: Axis,
    selected: NDArray[np.intp],
    top: float,
) -> None:
    """Write what the selected token attends to, above the figure."""
    colours = scene.colours
    start, text = "", f"{state.combine} over {len(selected)} tokens"
    if len(selected) == 1:
        token = selected[0]
        taken = sheet.weights[:, token] if state.side == "from" else sheet.weights[:, :, token]
        own = np.nan_to_num(taken[list(state.heads)], nan=0.0, posinf=0.0, neginf=0.0)
        best = own.max(axis=0)
        targets = np.argsort(-best, kind="stable")[: 2 if layout.narrow else 3]
        start = shorten(near.labels[token], 120, SMALL)
        arrow = " → " if state.side == "from" else " ← "
        text = arrow + ", ".join(
            f"{shorten(far.labels[j], 90, SMALL)} {weight_text(best[j])} (head {state.heads[own[:, j].argmax()]})"
            for j in targets.tolist()
        )
    room = layout.right - layout.token_width
    text = shorten(text, room - text_width(start, SMALL, bold=True), SMALL)
    whole = text_width(start, SMALL, bold=True) + text_width(text, SMALL)
    x = layout.token_width + (room - whole) / 2
    scene.text(x, top + 12, start, size=SMALL, bold=True)
    scene.text(x + text_width(start, SMALL, bold=True), top + 12, text, size=SMALL, colour=colours.soft)


def _caption(
    sheet: Sheet,
    state: FigureState,
    page: Page,
    layout: Layout,
    far: Column,
    values: Floats,
    selected: NDArray[np.intp],
    dropped: int,
) -> list[str]:
    several = len(state.heads) > 1
    parts = [page.title, f"layer {sheet.layer}", heads_text(state.heads, len(sheet.weights))]
    if sheet.kind == "cross":
        parts.append("from the target to the source")
    if state.segments != "all":
        parts.append(f"sentences {state.segments.upper()}")
    received = values[list(state.heads)].mean(axis=0) if len(values) else values
    if layout.scrolls and len(selected):
        parts.append(_out_of_view(received, far))
    elif layout.scrolls:
        inside = [i for i in far.shown.tolist() if not far.axis.special[i]]
        if inside:
            parts.append(f"tokens {inside[0]}–{inside[-1]} of {far.axis.size}")
    if not len(selected):
        if several:
            parts.append("grey link: several heads alike")
        special = sheet.columns.special
        if special.any() and not special.all():
            share = float(sheet.received[list(state.heads)].mean(axis=0)[special].sum())
            names = list(dict.fromkeys(np.array(sheet.columns.labels, object)[special].tolist()))
            if len(names) <= 3:
                parts.append(f"{listed(names)} take {percent(share)}, drawn paler")
    what = "given" if state.side == "to" and len(selected) else "received"
    of = f"{state.combine} " if len(selected) != 1 else "weight "
    if len(selected):
        parts.append("strand: one head")
    elif layout.cell >= 9:
        parts.append(f"squares: {of}{what}, area = weight")
    else:
        parts.append(f"bars: {of}attention {what}")
    if dropped:
        parts.append(f"{counted(dropped, 'weakest link')} left out")
    if sheet.missing:
        parts.append(f"{counted(sheet.missing, 'weight')} missing, not drawn")
    return parts


def _out_of_view(received: Floats, column: Column) -> str:
    total = float(received.sum()) or 1.0
    seen = np.zeros(column.axis.size, bool)
    seen[column.shown] = True
    return f"out of view: {percent(float(received[~seen].sum()) / total)} below"
