"""BIDS names as real datasets have them."""

from __future__ import annotations

import pytest

from mri.bids import clean_rater, label_path, list_files, match_label, parse_name, rater_name
from mri.errors import ImageError


@pytest.mark.parametrize(
    ("path", "kind", "subject", "image_suffix", "label", "rater"),
    [
        ("sub-a1/anat/sub-a1_T2w.nii.gz", "image", "a1", "T2w", None, "imported"),
        ("data set/sub-a1/ses-02/anat/sub-a1_ses-02_T2w.nii", "image", "a1", "T2w", None, "imported"),
        ("sub-a1/anat/sub-a1_T2w_label-SC_desc-propseg_seg.nii.gz", "label", "a1", "T2w", "SC", "propseg"),
        ("sub-a1/anat/sub-a1_T2w_label-rootlets_dseg.nii.gz", "label", "a1", "T2w", "rootlets", "imported"),
        ("derivatives/labels/sub-a1/anat/sub-a1_T2w_seg-manual.nii.gz", "label", "a1", "T2w", None, "manual"),
        ("sub-a1/anat/sub-a1_T2w_label-vertebrae_dlabel.nii.gz", "landmarks", "a1", "T2w", "vertebrae", "imported"),
        ("sub-a1/mt/sub-a1_label-SC_seg.nii.gz", "label", "a1", "", "SC", "imported"),
        ("sub-a1/mt/sub-a1_acq-MTon_MTS.nii.gz", "image", "a1", "MTS", None, "imported"),
        ("sub-a1/mt/sub-a1_acq-MTon_MTS.json", "sidecar", "a1", "", None, "imported"),
        ("sub-a1/dwi/sub-a1_dwi.bval", "sidecar", "a1", "", None, "imported"),
        ("sub-a1/mt/sub-a1_atlas/vol0001.nii.gz", "other", "", "", None, "imported"),
        ("derivatives/denoised/sub-a1/anat/sub-a1_T2w.nii.gz", "other", "a1", "", None, "imported"),
        ("__MACOSX/sub-a1/anat/._sub-a1_T2w.nii.gz", "other", "a1", "", None, "imported"),
        ("dataset_description.json", "other", "", "", None, "imported"),
        ("neck 7.nii.gz", "image", "neck7", "", None, "imported"),
        ("t2_seg-manual.nii.gz", "label", "t2", "", None, "manual"),
        ("scan_T2w.nii.gz", "image", "scan", "T2w", None, "imported"),
    ],
)
def test_what_a_name_says(path: str, kind: str, subject: str, image_suffix: str, label: str | None, rater: str) -> None:
    name = parse_name(path)
    assert (name.kind, name.subject, name.image_suffix, name.label) == (kind, subject, image_suffix, label)
    assert rater_name(name) == rater


def test_a_label_finds_its_image() -> None:
    listing = list_files(
        [
            "sub-1/anat/sub-1_T2w.nii.gz",
            "sub-1/anat/sub-1_T1w.nii.gz",
            "sub-1/mt/sub-1_acq-MTon_MTS.nii.gz",
            "sub-1/mt/sub-1_acq-MToff_MTS.nii.gz",
            "sub-1/anat/sub-1_T2w_label-SC_seg.nii.gz",
            "sub-1/mt/sub-1_acq-MTon_MTS_seg.nii.gz",
            "sub-1/mt/sub-1_label-SC_seg.nii.gz",
            "derivatives/labels/sub-1/anat/sub-1_T2w_desc-ab_label-SC_seg.nii.gz",
            "sub-2/anat/sub-2_T2w_label-SC_seg.nii.gz",
            "sub-1/anat/sub-1_T2star_label-SC_seg.nii.gz",
            "template/loose.nii.gz",
        ]
    )
    assert [i.path for i in listing.others] == ["template/loose.nii.gz"]
    found = {label.path: match_label(label, listing.images) for label in listing.labels}
    images = {path: match.image.path if match.image else None for path, match in found.items()}
    assert images == {
        "sub-1/anat/sub-1_T2w_label-SC_seg.nii.gz": "sub-1/anat/sub-1_T2w.nii.gz",
        "derivatives/labels/sub-1/anat/sub-1_T2w_desc-ab_label-SC_seg.nii.gz": "sub-1/anat/sub-1_T2w.nii.gz",
        "sub-1/mt/sub-1_acq-MTon_MTS_seg.nii.gz": "sub-1/mt/sub-1_acq-MTon_MTS.nii.gz",
        "sub-1/mt/sub-1_label-SC_seg.nii.gz": None,
        "sub-1/anat/sub-1_T2star_label-SC_seg.nii.gz": None,
        "sub-2/anat/sub-2_T2w_label-SC_seg.nii.gz": None,
    }
    doubtful = found["sub-1/mt/sub-1_label-SC_seg.nii.gz"]
    assert len(doubtful.candidates) == 2
    assert doubtful.reason is not None
    assert "2 images could be meant" in doubtful.reason
    assert found["sub-2/anat/sub-2_T2w_label-SC_seg.nii.gz"].reason == "no image of sub-2 was found"


def test_sessions_are_kept_apart() -> None:
    images = [parse_name(f"sub-1/ses-{s}/anat/sub-1_ses-{s}_T2w.nii.gz") for s in ("a", "b")]
    match = match_label(parse_name("sub-1/ses-b/anat/sub-1_ses-b_T2w_label-SC_seg.nii.gz"), images)
    assert match.image is images[1]


def test_loose_labels_belong_to_the_name_that_they_continue() -> None:
    images = [parse_name(p) for p in ("t2.nii.gz", "t2_lesion.nii.gz")]
    for label, image in (("t2_seg.nii.gz", 0), ("t2_lesion_seg.nii.gz", 1), ("t2_lesion_label-SC_seg.nii.gz", 1)):
        assert match_label(parse_name(label), images).image is images[image]


def test_the_last_author_is_the_rater() -> None:
    label = parse_name("sub-1_T2w_label-SC_seg.nii.gz")
    steps = [{"Name": "net"}, {"Name": "Manual", "Author": "Anna B."}, {"Name": "Manual", "Author": "Zoë Müller"}]
    assert rater_name(label, {"GeneratedBy": [*steps, {"Name": "check"}]}) == "zoe-muller"
    assert rater_name(label, {"GeneratedBy": "hand"}) == "imported"
    assert rater_name(label, {}) == "imported"
    assert clean_rater("../../etc") == "etc"


def test_names_of_our_files_read_back() -> None:
    image = parse_name("sub-1/ses-2/anat/sub-1_ses-2_acq-sag_T2w.nii.gz")
    path = label_path(image, label="rootlets", rater="Zoë-M")
    assert str(path) == (
        "derivatives/labels/sub-1/ses-2/anat/sub-1_ses-2_acq-sag_T2w_desc-zoem_label-rootlets_dseg.nii.gz"
    )
    again = parse_name(path)
    assert (again.kind, again.label, rater_name(again)) == ("label", "rootlets", "zoem")
    assert match_label(again, [image]).image is image
    loose = parse_name("scan 3.nii.gz")
    assert str(label_path(loose, label="SC", suffix="seg", image_suffix="T2w")) == (
        "derivatives/labels/sub-scan3/anat/sub-scan3_T2w_label-SC_seg.nii.gz"
    )


@pytest.mark.parametrize("options", [{"rater": "///"}, {"label": "../x"}, {"suffix": "a/b"}])
def test_names_can_t_leave_the_dataset(options: dict[str, str]) -> None:
    with pytest.raises(ImageError) as caught:
        label_path(parse_name("sub-1_T2w.nii.gz"), **({"label": "SC"} | options))  # type: ignore[arg-type]
    assert caught.value.reason == "bad-name"
