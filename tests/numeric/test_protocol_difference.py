"""Two versions of a protocol told apart, and the changes that stored labels can't bear."""

from typing import Any

import pytest

from protocols import loader
from protocols.difference import broken_labels, broken_roles, protocol_changes
from protocols.loader import LIBRARY


def plain(name: str = "cord-dti", *replaced: tuple[str, str]) -> dict[str, Any]:
    """A protocol of the library as JSON, with parts of its text replaced."""
    text = (LIBRARY / f"{name}.toml").read_text()
    for old, new in replaced:
        assert old in text, old
        text = text.replace(old, new, 1)
    return loader.loads(text, name).with_options().to_json()


@pytest.mark.parametrize("name", [one.name for one in loader.list_protocols()])
def test_a_protocol_does_not_differ_from_itself(name: str) -> None:
    assert protocol_changes(plain(name), loader.from_json(plain(name)).to_json()) == ()


def test_every_part_of_a_change_is_told_by_name() -> None:
    new = plain(
        "cord-dti",
        ('"overlap", "distance", "region-diffusion", "index-error"', '"overlap", "region-diffusion"'),
        ('colour = "#EEEE22"', 'colour = "#EEEE44"'),
        ("b0_threshold = 50.0", "b0_threshold = 10.0"),
        ("[[models]]\nname = \"light-fa\"", "[[models]]\nname = \"light-map\""),
        ("repeat_share = 0.2", "repeat_share = 0.3"),
        ("value = 5.32", "value = 5.4"),
    )  # fmt: skip
    told = {(one.part, one.kind): one.text for one in protocol_changes(plain(), new)}
    assert told["labels", "changed"] == "label 4 (Grey matter left): colour was #EEEE22 and is #EEEE44"
    assert told["tensor", "changed"] == "tensor: b0 threshold was 50.0 and is 10.0"
    assert told["models", "removed"] == "network light-fa is gone"
    assert told["models", "added"] == "network light-map is new"
    assert told["reads", "changed"] == "reads: repeat share was 0.2 and is 0.3"
    assert "was 5.32 and is 5.4" in told["published", "changed"]
    gone = [one.name for one in protocol_changes(plain(), new) if one.part == "measures"]
    assert gone == ["distance", "index-error"]


def test_labels_in_use_keep_their_meaning() -> None:
    old = plain("rootlets")
    new = plain("rootlets", ('name = "C3"', 'name = "Third"'), ('level = "C4"', 'level = "T4"'))
    assert broken_labels(old, new, {2: 5}) == ()
    (renamed,) = broken_labels(old, new, {3: 1})
    assert renamed == "Label 3 (C3): its name was C3 and would be Third, and 1 label map hold it."
    (moved,) = broken_labels(old, new, {4: 2})
    assert "its level was C4 and would be T4" in moved
    without = {**old, "labels": [one for one in old["labels"] if one["value"] != 5]}
    assert broken_labels(old, without, {5: 3}) == ("Label 5 (C5) is gone, and 3 label maps hold it.",)
    assert broken_labels(old, without, {6: 3}) == ()


def test_images_in_use_keep_their_role() -> None:
    new = plain("rootlets")
    assert broken_roles(new, {"T2w": (2, True), "cord": (1, False)}) == ()
    (gone,) = broken_roles(new, {"T1w": (1, False)})
    assert gone == "The image role T1w is gone, and 1 image have it."
    (unlabelled,) = broken_roles(new, {"cord": (2, True)})
    assert "would not be labelled" in unlabelled
