"""The sense view without a browser: what is drawn, how small, and how fast."""

import io
import re
import time
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from bertviz_plus.plates.palette import palette
from bertviz_plus.plates.plate import FALLBACK_BYTES
from bertviz_plus.plates.scene import Shapes
from bertviz_plus.plates.senses import SensePlate
from bertviz_plus.plates.senses_data import SenseData
from bertviz_plus.plates.senses_places import corners_of, place_points, radius_for


def data_of(n: int = 60, layers: int = 3, **other: object) -> SenseData:
    random = np.random.default_rng(0)
    codes = np.arange(n) % 3
    points = random.normal(size=(layers, n, 2)) * 0.4
    points[:, :, 0] += codes * np.arange(layers)[:, np.newaxis]
    given = {
        "title": "a model",
        "word": "bank",
        "dimensions": 384,
        "hidden_layers": tuple(range(layers)),
        "points": points.astype(np.float32),
        "fitted": tuple(range(layers)),
        "method": "pca",
        "explained": np.full((layers, 2), 0.2),
        "trustworthiness": np.full(layers, 0.9),
        "note": "",
        "fine_print": "",
        "labels": ("river", "vault", "aeroplane"),
        "codes": codes,
        "scores": [
            {
                "measure": "knn",
                "title": "1-nearest-neighbour accuracy",
                "values": [0.4, None, 0.9][:layers],
                "low": [0.3, None, 0.8][:layers],
                "high": [0.5, None, 0.95][:layers],
                "baseline": [0.34] * layers,
                "baseline_name": "most frequent sense",
                "shuffled": [0.33] * layers,
                "picture": [0.4] * layers,
            },
            {"measure": "silhouette", "title": "silhouette", "values": [-0.05, 0.1, 0.2][:layers]},
        ],
        "typical": [{"group": code, "layer": layers - 1, "items": [code, code + 3]} for code in range(3)],
        "typical_of": "sense",
        "windows": tuple((f"on the left bank of stream {i}", 12, 16) for i in range(n)),
        "mean_cosine": (0.5,) * layers,
        "about": f"“bank”, {n} occurrences",
        "unit": "occurrence",
        "near": "Nearest in all 384 dimensions",
    }
    return SenseData(**(given | other))


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("n", [6, 60, 1000, 10_000])
def test_the_fallback_is_small_and_960_wide(n: int) -> None:
    picture = SensePlate(data_of(n)).fallback()
    assert len(picture) <= FALLBACK_BYTES
    assert Image.open(io.BytesIO(picture)).width == 960


def test_the_fallback_of_a_thousand_points_is_quick() -> None:
    figure = SensePlate(data_of(1000))
    figure.fallback()
    taken = []
    for _ in range(8):
        start = time.thread_time()
        figure.fallback()
        taken.append(time.thread_time() - start)
    # Half as much on an idle core.
    assert min(taken) < 0.1


def test_every_label_is_drawn_in_its_colour_and_shape() -> None:
    svg = SensePlate(data_of()).svg()
    assert svg.count("<circle") >= 20
    for colour in ("#2678f2", "#862404", "#a59402"):
        assert svg.count(f'fill="{colour}"') > 20
    assert {"river", "vault", "aeroplane"} <= set(texts(svg))


def test_the_picture_says_how_faithful_it_is_and_what_the_scores_are() -> None:
    said = " ".join(texts(SensePlate(data_of()).svg()))
    assert "2-D PCA keeps" in said
    assert "40%" in said
    assert "0.90" in said
    assert "random 0.5" in said
    assert "majority 0.34" in said
    assert "2-D 0.40" in said
    assert "scores in all 384 dimensions" in said


def test_without_scores_it_shows_how_faithful_the_layers_are() -> None:
    said = " ".join(texts(SensePlate(data_of(scores=())).svg()))
    assert "trustworthiness" in said
    assert "variance kept" in said


def test_an_undefined_score_is_no_number() -> None:
    said = texts(SensePlate(data_of(), hidden_layer=1).svg())
    assert "–" in said
    assert "nan" not in " ".join(said)


def test_muted_labels_are_off_the_plot() -> None:
    full, without = (SensePlate(data_of(), muted=muted).svg() for muted in ((), ("vault",)))
    marks = [svg.count('fill="#862404" fill-opacity="0.82"') for svg in (full, without)]
    assert marks == [20, 0]


def test_what_is_not_selected_recedes() -> None:
    svg = SensePlate(data_of(), selected=(0, 3)).svg()
    assert svg.count('fill-opacity="0.82"') == 2
    assert svg.count('fill-opacity="0.16"') == 58
    assert "2 of 20" in texts(svg)


def test_the_pinned_one_has_its_neighbours_and_its_way() -> None:
    said = texts(SensePlate(data_of(), pinned=0, nearest=(3, 6, 7), cosines=(0.91, 0.9, -0.1)).svg())
    assert {"Nearest in all 384 dimensions", ".910", "−.100"} <= set(said)
    assert "2 of 3 river · mean of all pairs .500" in said


def test_equal_points_are_fanned_out_and_counted() -> None:
    data = data_of(40, points=np.zeros((3, 40, 2), np.float32))
    places = place_points(data, 0, 676, 456, 4)
    assert places.piled == 40
    apart = np.hypot(places.x[:, np.newaxis] - places.x, places.y[:, np.newaxis] - places.y)
    assert (apart + np.eye(40) * 99).min() > 3
    assert "40 share a spot, fanned out" in " ".join(texts(SensePlate(data).svg()))


def test_missing_points_are_counted() -> None:
    data = data_of()
    data.points[2, 5] = np.nan
    assert "1 without a vector, left out" in " ".join(texts(SensePlate(data).svg()))


def test_nothing_leaves_the_plot() -> None:
    data = data_of(200)
    for step in range(3):
        places = place_points(data, step, 676, 456, radius_for(200))
        assert (places.x >= 15.9).all()
        assert (places.x <= 660.1).all()
        assert (places.y >= 15.9).all()
        assert (places.y <= 440.1).all()


@pytest.mark.parametrize("kind", range(1, 6))
def test_every_shape_covers_as_much_as_a_circle(kind: int) -> None:
    x, y = corners_of(kind).T
    assert abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2 == pytest.approx(np.pi, rel=1e-5)


@pytest.mark.parametrize("width", [320, 639, 640, 960, 1400])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_width_and_theme(width: int, theme: str) -> None:
    picture = pixels(SensePlate(data_of(), theme=theme).png(width))
    assert picture.shape[1] == width
    assert tuple(picture[-1, -1]) == ((17, 17, 17) if theme == "dark" else (255, 255, 255))
    assert (np.abs(picture - picture[-1, -1]).max(axis=2) > 60).mean() > 0.005


def test_many_points_look_as_single_ones_do(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = SensePlate(data_of(1400))
    one_by_one = pixels(figure.png())
    monkeypatch.setattr("bertviz_plus.plates.raster_shapes._SINGLE", 0)
    data = figure._data
    together = pixels(SensePlate(data).png())
    # The rims are left out there; ink lies where it lay.
    assert np.abs(one_by_one - together).mean() < 4


def test_grey_tells_labels_apart_by_shape() -> None:
    svg = SensePlate(data_of()).svg(grey=True)
    colours = set(re.findall(r'(?:fill|stroke)="#(\w{6})"', svg))
    assert all(len({colour[:2], colour[2:4], colour[4:]}) == 1 for colour in colours)


def test_a_pdf_has_real_text_and_stays_small() -> None:
    pdf = SensePlate(data_of(1000)).pdf(width_cm=10)
    assert pdf.startswith(b"%PDF")
    assert len(pdf) < 400_000


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match=r"hidden_layer must be one of \[0, 1, 2\], got 7"):
        SensePlate(data_of(), hidden_layer=7)
    with pytest.raises(ValueError, match="height must be at least 240"):
        SensePlate(data_of(), height=10)
    with pytest.raises(ValueError, match="width must be at least 200"):
        SensePlate(data_of()).png(50)
    with pytest.raises(ValueError, match="font_size must be at most"):
        SensePlate(data_of()).svg(width_cm=2, font_size=40)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_senses_have_their_exact_colours_in_the_fallback(theme: str) -> None:
    drawn = pixels(SensePlate(data_of(1000), theme=theme).fallback())  # type: ignore[arg-type]
    for sense in range(3):
        assert (drawn == palette(theme).head(sense)).all(axis=2).any()  # type: ignore[arg-type]


def test_a_plot_is_never_squeezed_by_what_stands_beside_or_under_it() -> None:
    for width in (368, 553, 737, 928):
        plate = SensePlate(data_of())
        scene = plate._scene(width)
        plate._draw(scene, 1000)
        marks = np.concatenate([[*mark.x, *mark.y] for mark in scene.marks if isinstance(mark, Shapes)])
        assert marks.max() > 0.5 * width
        assert scene.height < 1.2 * width + 120


def test_labels_that_do_not_fit_are_counted() -> None:
    many = tuple(f"sense {i}" for i in range(30))
    svg = SensePlate(data_of(labels=many, codes=np.arange(60) % 30)).svg()
    shown = sum(text in many for text in texts(svg))
    rest = next(text for text in texts(svg) if re.fullmatch(r"and \d+ more", text))
    # Names on the plot are left out where there are so many.
    assert shown + int(rest.split()[1]) == 30


def test_there_is_nothing_to_press() -> None:
    assert not {"Colour", "Layer", "Save", "?"} & set(texts(SensePlate(data_of()).svg()))


def test_what_is_pinned_selected_or_off_is_said() -> None:
    def said(**state: object) -> str:
        return re.sub(" +", " ", " ".join(texts(SensePlate(data_of(), **state).svg())))  # type: ignore[arg-type]

    assert "pinned: “on the left bank of stream 7”" in said(pinned=7)
    assert "2 occurrences selected" in said(selected=(0, 3))
    assert "20 occurrences switched off" in said(muted=("vault",))
