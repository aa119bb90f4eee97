"""Rows and summary of an analysis, without a database: what is undefined stays undefined, and says why."""

from results.agreement import agreement_summary


def row(case: str, dice: float | None, hd95: float | None, why: str = "") -> dict[str, object]:
    undefined = {} if hd95 is not None else {"hd95_mm": why}
    return {
        "volume_name": case, "label": 4, "dice": dice, "jaccard": dice, "hd95_mm": hd95, "assd_mm": 1.0,
        "surface_dice": 1.0, "volume_difference_mm3": 2.0, "undefined": undefined,
    }  # fmt: skip


def test_an_undefined_distance_is_left_out_of_the_mean_and_named() -> None:
    summary = agreement_summary(
        [row("sub-01", 0.8, 2.0), row("sub-02", 0.6, 4.0), row("sub-03", 0.0, None, "candidate is empty")]
    )["4"]
    assert summary["hd95_mm"]["mean"] == 3.0
    assert summary["hd95_mm"]["n"] == 2
    assert summary["hd95_mm"]["dropped"] == [{"case": "sub-03", "reason": "candidate is empty"}]
    assert abs(summary["dice"]["mean"] - 1.4 / 3) < 1e-12
    assert summary["dice"]["n"] == 3


def test_one_case_has_no_spread() -> None:
    summary = agreement_summary([row("sub-01", 0.8, 2.0)])["4"]["dice"]
    assert summary["sd"] is None
    assert "fewer than two" in summary["undefined"]["sd"]
