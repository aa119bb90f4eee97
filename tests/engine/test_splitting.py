"""Who trains, validates and tests."""

import pytest

from access.errors import InvalidInput
from models_app.services.splitting import SubjectSplit, WantedSplit, split_subjects

SUBJECTS = [f"{n:02d}" for n in range(1, 11)]


def split(
    *, accepted: list[str] = SUBJECTS, test_set: tuple[str, ...] = ("09", "10"), seed: int = 0, **wanted: list[str]
) -> SubjectSplit:
    return split_subjects(
        subjects=SUBJECTS,
        accepted=accepted,
        test_set=test_set,
        wanted=WantedSplit(**wanted),
        validation_share=0.25,
        seed=seed,
    )


def test_every_subject_has_one_purpose_and_the_test_set_is_kept_out() -> None:
    found = split()
    assert found.test == ["09", "10"]
    assert len(found.validation) == 2
    assert sorted(found.train + found.validation + found.test) == SUBJECTS


def test_the_same_seed_validates_on_the_same_subjects_and_not_on_the_tail() -> None:
    assert split(seed=3) == split(seed=3)
    drawn = {tuple(split(seed=seed).validation) for seed in range(20)}
    assert len(drawn) > 5
    assert split(accepted=list(reversed(SUBJECTS)), seed=3) == split(seed=3)


@pytest.mark.parametrize(("count", "validating"), [(1, 0), (2, 0), (3, 1), (8, 2)])
def test_three_subjects_are_enough_to_spare_one(count: int, validating: int) -> None:
    assert len(split(accepted=SUBJECTS[:count]).validation) == validating


def test_lists_that_are_given_stand() -> None:
    found = split(train=["01", "sub-02"], validation=[])
    assert (found.train, found.validation) == (["01", "02"], [])
    assert split(validation=["01"]).train == SUBJECTS[1:8]
    assert split(test=["10"]).test == ["10"]


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"train": ["77"]}, "no subject 77"),
        ({"train": ["01", "09"]}, "sub-09 is in the frozen test set"),
        ({"validation": ["10"]}, "sub-10 is in the frozen test set"),
        ({"test": ["01"]}, "sub-01 is not in the study's frozen test set"),
        ({"train": ["01"], "validation": ["01"]}, "in both the train and the validation list"),
        ({"train": ["01", "01"]}, "twice in the train list"),
    ],
)
def test_a_wrong_list_is_refused_by_name(wanted: dict[str, list[str]], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        split(**wanted)


def test_a_subject_without_an_accepted_label_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="sub-05 has no accepted label"):
        split(accepted=["01", "02"], train=["05"])
