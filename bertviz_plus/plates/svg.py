"""A scene as SVG: links are paths, text is text."""

import base64
from collections.abc import Iterator
from html import escape

import numpy as np

from bertviz_plus.plates.palette import Colour
from bertviz_plus.plates.png import encode_codes
from bertviz_plus.plates.scene import (
    Curves,
    Dot,
    Path,
    Picture,
    Rects,
    Scene,
    Shapes,
    Text,
    bezier,
)

_FONTS = "Helvetica, Arial, Liberation Sans, DejaVu Sans, Noto Sans, sans-serif"
MOST_CELLS = 4096
# Not allowed in XML, not even escaped.
_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, 65534, 65535), "�")


def scene_to_svg(scene: Scene, *, width_cm: float) -> str:
    """Write a scene as an SVG document that refers to nothing outside itself.

    Parameters
    ----------
    scene : Scene
    width_cm : float
        Width on paper, in centimetres.

    Returns
    -------
    str

    Examples
    --------
    >>> from bertviz_plus.plates.palette import palette
    >>> scene = Scene(100, 50, palette("light"), title="<Links>")
    >>> scene.text(10, 20, "</script>")
    >>> svg = scene_to_svg(scene, width_cm=8)
    >>> "&lt;/script&gt;" in svg, 'width="8cm" height="4cm"' in svg
    (True, True)
    """
    height_cm = width_cm * scene.height / scene.width
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width_cm)}cm" height="{_n(height_cm)}cm" '
        f'viewBox="0 0 {_n(scene.width)} {_n(scene.height)}" role="img" font-family="{_FONTS}">\n'
        f"<title>{_text(scene.title)}</title>\n<desc>{_text(scene.description)}</desc>\n"
        f'<rect width="100%" height="100%" fill="{_colour(scene.colours.paper)}"/>\n'
    )
    return head + "\n".join(_marks(scene)) + "\n</svg>\n"


def _marks(scene: Scene) -> Iterator[str]:
    for mark in scene.marks:
        if isinstance(mark, Text):
            yield _text_mark(mark)
        elif isinstance(mark, Curves):
            yield _curves(mark)
        elif isinstance(mark, Rects):
            yield from _rects(mark)
        elif isinstance(mark, Dot):
            yield (
                f'<circle cx="{_n(mark.x)}" cy="{_n(mark.y)}" r="{_n(mark.radius)}" '
                f'fill="{_colour(mark.colour)}"/>'
            )
        elif isinstance(mark, Path):
            yield _path(mark)
        elif isinstance(mark, Shapes):
            yield from _shapes(mark)
        else:
            yield from _picture(mark)


def _text_mark(mark: Text) -> str:
    anchor = "" if mark.anchor == "start" else f' text-anchor="{mark.anchor}"'
    weight = ' font-weight="600"' if mark.bold else ""
    turn = f' transform="rotate({_n(-mark.angle)} {_n(mark.x)} {_n(mark.y)})"' if mark.angle else ""
    halo = (
        f' stroke="{_colour(mark.halo)}" stroke-width="4.5" stroke-linejoin="round" paint-order="stroke"'
        if mark.halo is not None
        else ""
    )
    return (
        f'<text x="{_n(mark.x)}" y="{_n(mark.y)}" font-size="{_n(mark.size)}" '
        f'fill="{_colour(mark.colour)}"{anchor}{weight}{turn}{halo} xml:space="preserve">'
        f"{_text(mark.text)}</text>"
    )


def _path(path: Path) -> str:
    corners = "L".join(f"{_n(x)} {_n(y)}" for x, y in path.points.tolist())
    opacity = f"{path.alpha:.3g}"
    if path.filled:
        return f'<path d="M{corners}Z" fill="{_colour(path.colour)}" fill-opacity="{opacity}"/>'
    return (
        f'<path d="M{corners}" fill="none" stroke="{_colour(path.colour)}" stroke-opacity="{opacity}" '
        f'stroke-width="{_n(path.width)}" stroke-linejoin="round"{_dash(path.dash)}/>'
    )


def _shapes(shapes: Shapes) -> Iterator[str]:
    """Write each kind once, and use it at each place."""
    rim = (
        f' stroke="{_colour(shapes.paper)}" stroke-width="{_n(2 * shapes.rim)}" paint-order="stroke" '
        'stroke-linejoin="round"'
        if shapes.rim
        else ""
    )
    forms = []
    for corners, radius, colour in zip(shapes.corners, shapes.radii, shapes.colours, strict=True):
        fill = f'fill="{_colour(colour)}" fill-opacity="{shapes.alpha:.3g}"{rim}'
        if len(corners):
            outline = "L".join(f"{_n(radius * x)} {_n(radius * y)}" for x, y in corners.tolist())
            forms.append(f'<path d="M{outline}Z" {fill} ')
        else:
            forms.append(f'<circle r="{_n(radius)}" {fill} ')
    for x, y, kind in zip(shapes.x.tolist(), shapes.y.tolist(), shapes.kinds.tolist(), strict=True):
        yield f'{forms[kind]}transform="translate({_n(x)} {_n(y)})"/>'


def _curves(curves: Curves) -> str:
    path = []
    for y0, y1 in zip(curves.y0.tolist(), curves.y1.tolist(), strict=True):
        points = (*bezier(curves.x0, y0, curves.x1, y1), curves.x1, y1)
        path.append(f"M{_n(curves.x0)} {_n(y0)}C" + " ".join(map(_n, points)))
    whose = f' class="head-{curves.head}"' if curves.head >= 0 else ' class="several"'
    return (
        f'<path{whose} d="{"".join(path)}" fill="none" stroke="{_colour(curves.colour)}" '
        f'stroke-opacity="{curves.alpha:.3g}" stroke-width="{_n(curves.width)}"{_dash(curves.dash)}/>'
    )


def _rects(rects: Rects) -> Iterator[str]:
    """Write rectangles of one colour as one path."""
    boxes = np.stack([rects.x, rects.y, rects.width, rects.height], axis=1).tolist()
    shades = list(zip(map(tuple, rects.colours.tolist()), rects.alpha.tolist(), strict=True))
    paths: dict[tuple[Colour, float], list[str]] = {}
    for (x, y, width, height), shade in zip(boxes, shades, strict=True):
        paths.setdefault(shade, []).append(f"M{_n(x)} {_n(y)}h{_n(width)}v{_n(height)}h{_n(-width)}z")
    for (colour, alpha), path in paths.items():
        opacity = f' fill-opacity="{alpha:.3g}"' if alpha < 1 else ""
        yield f'<path d="{"".join(path)}" fill="{_colour(colour)}"{opacity}/>'


def _picture(picture: Picture) -> Iterator[str]:
    """Write a small map as rectangles, which no reader smooths, and a large one as a picture."""
    rows, columns = picture.codes.shape
    if rows * columns <= MOST_CELLS:
        yield from _rects(picture_rects(picture))
        return
    data = base64.b64encode(encode_codes(picture.codes, picture.ramp)).decode()
    yield (
        f'<image x="{_n(picture.x)}" y="{_n(picture.y)}" width="{_n(picture.width)}" '
        f'height="{_n(picture.height)}" preserveAspectRatio="none" style="image-rendering:pixelated" '
        f'href="data:image/png;base64,{data}"/>'
    )


def picture_rects(picture: Picture) -> Rects:
    """Return a map's cells as rectangles that overlap a little, so that no seam shows.

    Examples
    --------
    >>> ramp = np.zeros((256, 3), np.uint8)
    >>> picture_rects(Picture(0, 0, 20, 10, np.zeros((1, 2), np.uint8), ramp)).x.tolist()
    [0.0, 10.0]
    """
    rows, columns = picture.codes.shape
    across, down = picture.width / columns, picture.height / rows
    count = rows * columns
    seam = 0.15
    wide = np.full((rows, columns), across + seam)
    high = np.full((rows, columns), down + seam)
    wide[:, -1], high[-1] = across, down
    return Rects(
        (picture.x + np.tile(np.arange(columns), rows) * across).astype(np.float32),
        (picture.y + np.repeat(np.arange(rows), columns) * down).astype(np.float32),
        wide.ravel().astype(np.float32),
        high.ravel().astype(np.float32),
        picture.pixels.reshape(-1, 3),
        np.ones(count, np.float32),
    )


def _dash(dash: tuple[float, ...]) -> str:
    return f' stroke-dasharray="{" ".join(map(_n, dash))}"' if dash else ""


def _text(text: str) -> str:
    return escape(text.translate(_CONTROL).encode("utf-8", "replace").decode())


def _colour(colour: Colour) -> str:
    red, green, blue = colour
    return f"#{red:02x}{green:02x}{blue:02x}"


def _n(value: float) -> str:
    """Write a number as short as a hundredth of a pixel needs."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
