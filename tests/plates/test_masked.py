"""The masked-word view's picture: what is written on it, how small it is, and what is left out."""

import pytest

from bertviz_plus.plates.masked import MaskedPlate
from bertviz_plus.plates.plate import FALLBACK_BYTES
from tests.views.masked_samples import asked_of


def plate_of(edits: tuple[str, ...] = (), **given: object) -> MaskedPlate:
    asked = asked_of()
    return MaskedPlate(asked, asked.answer(edits), **{"method": "occlusion", **given})


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("edits", [(), ("negate",)])
def test_its_picture_is_small(edits, theme) -> None:
    picture = plate_of(edits, theme=theme).fallback()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) <= FALLBACK_BYTES


def test_what_is_drawn_is_written_under_it() -> None:
    text = plate_of(("negate",)).svg()
    for said in (
        ">before<",
        ">after<",
        "“not” removed",
        "faithfulness 0.31 nats, random 0.12",
        "layer lens",
        "new",
    ):
        assert said in text, said
    assert plate_of().svg().count(">before<") == 0
    assert plate_of(("negate",)).pdf().startswith(b"%PDF")


def test_a_long_sentence_breaks_into_rows() -> None:
    asked = asked_of("The old robin " + "and the young robin " * 12 + "saw a [MASK].")
    plate = MaskedPlate(asked, asked.first, method="occlusion")
    scene = plate._scene(928)
    plate._draw(scene, 560)
    bases = {mark.y for mark in scene.marks if getattr(mark, "size", 0) == 18}
    assert len(bases) > 2


def test_layers_without_room_are_counted() -> None:
    plate = plate_of(("negate",))
    scene = plate._scene(928, small=True)
    assert plate._draw(scene, 400)
    assert any("not shown: the last" in getattr(mark, "text", "") for mark in scene.marks)
