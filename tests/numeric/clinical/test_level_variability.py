"""Coefficients of variation of spinal levels, against sums done by hand."""

import numpy as np
import pytest

from measures.clinical.level_variability import LevelReading, level_variability


def test_sessions_vary_within_a_subject_and_not_between_subjects() -> None:
    readings = [
        LevelReading(level, base + shift, subject, session=session)
        for subject, base in (("01", 60.0), ("02", 90.0))
        for level in (3, 4)
        for session, shift in (("a", -1.0), ("b", 1.0))
    ]
    found = level_variability(readings, "session")
    # SD of -1, 1 with ddof 1 is sqrt 2 in both subjects; its share of 60 and of 90 is averaged.
    assert found.sd_mm.mean == pytest.approx(np.sqrt(2))
    assert found.cov_percent.mean == pytest.approx(100 * np.sqrt(2) * (1 / 60 + 1 / 90) / 2)
    assert list(found.by_level_cov_percent) == ["C3", "C4"]
    assert found.by_level_cov_percent["C3"].n == 2


def test_sites_vary_within_vendors_and_vendors_by_their_means() -> None:
    values = {("GE", "a"): 80.0, ("GE", "b"): 82.0, ("Siemens", "c"): 90.0, ("Siemens", "d"): 90.0}
    readings = [LevelReading(5, mm, "one", site=site, vendor=vendor) for (vendor, site), mm in values.items()]
    sites = level_variability(readings, "site")
    assert [u.sd_mm.value for u in sites.units.units] == pytest.approx([np.sqrt(2), 0.0])
    vendors = level_variability(readings, "vendor")
    assert vendors.sd_mm.mean == pytest.approx(np.std([81.0, 90.0], ddof=1))
    assert vendors.cov_percent.mean == pytest.approx(100 * np.std([81.0, 90.0], ddof=1) / 85.5)


def test_a_missing_midpoint_is_named_and_one_rater_has_no_spread() -> None:
    readings = [LevelReading(3, 50.0, "01", rater="a"), LevelReading(3, None, "01", rater="b")]
    found = level_variability(readings, "rater")
    assert found.cov_percent.mean is None
    assert [d.reason for d in found.units.dropped] == ["the reading is missing"]
    with pytest.raises(ValueError, match="rater, session"):
        level_variability(readings, "weather")  # type: ignore[arg-type]
