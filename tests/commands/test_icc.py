"""`radicula icc` as a person runs it."""

import json
from pathlib import Path

import pytest

from radicula.cli import main
from tests.commands.test_compare import radicula

SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
COLUMNS = ("--targets", "subject", "--raters", "rater", "--ratings", "value")


def table(path: Path, rows: list[str], header: str = "subject,rater,value") -> str:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return str(path)


def published() -> list[str]:
    return [f"sub-{i},r{j},{v}" for i, row in enumerate(SHROUT_FLEISS) for j, v in enumerate(row)]


def test_the_published_example(tmp_path: Path) -> None:
    done = radicula("icc", table(tmp_path / "t.csv", published()), *COLUMNS, "--json")
    assert done.returncode == 0, done.stderr
    content = json.loads(done.stdout)
    by_name = {form["shrout_fleiss"]: form for form in content["icc"]}
    # Printed with two digits.
    assert [by_name[n]["value"] for n in ("ICC(1,1)", "ICC(2,1)", "ICC(3,k)")] == pytest.approx(
        [0.17, 0.29, 0.91], abs=0.005
    )
    agreement = by_name["ICC(2,1)"]
    assert (agreement["type"], agreement["df1"], agreement["df2"]) == ("ICC(A,1)", 5, 15)
    assert agreement["ci95"] == pytest.approx([0.019, 0.761], abs=0.0005)
    assert content["sdc"] == pytest.approx(1.96 * 2**0.5 * content["sem_agreement"])
    assert (content["n_targets"], content["n_raters"], content["dropped"]) == (6, 4, {})


def test_gaps_are_said_and_a_table_for_people(tmp_path: Path) -> None:
    rows = [line.replace(",", ";") for line in [*published(), "late,r0,3", "late,r1,NA"]]
    path = table(tmp_path / "t.csv", rows, "subject;rater;value")
    done = radicula("icc", path, *COLUMNS)
    assert done.returncode == 0, done.stderr
    assert "6 targets, 4 raters" in done.stdout
    assert "ICC(A,1)     0.290  0.019 to 0.761   poor to good" in done.stdout
    assert "left out late: no rating by r1, r2, r3" in done.stdout


def test_undefined_is_null_with_its_reason(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", ["a,r,1", "a,s,1", "b,r,1", "b,s,1"])
    done = radicula("icc", path, *COLUMNS, "--json")
    assert done.returncode == 0, done.stderr
    first = json.loads(done.stdout)["icc"][0]
    assert (first["value"], first["undefined"]["value"]) == (None, "all ratings are equal")


@pytest.mark.parametrize(
    ("rows", "header", "expected"),
    [
        (["a,r,1"], "subject,rater,score", "'value'"),
        (["a,r,1", "a,s,much"], "subject,rater,value", "line 3"),
        (["a,r,1", "a,r,2"], "subject,rater,value", "a has two by r"),
        (["a,,1"], "subject,rater,value", "line 2"),
        (["a,r,inf"], "subject,rater,value", "finite"),
        (['a,r,"1'], "subject,rater,value", "near line"),
        ([], "subject,rater,value", "no rows"),
        ([], "", "no column"),
    ],
)
def test_bad_tables_give_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[str], header: str, expected: str
) -> None:
    assert main(["icc", table(tmp_path / "t.csv", rows, header), *COLUMNS, "--json"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
    assert expected in said.err


def test_files_that_are_no_table(tmp_path: Path) -> None:
    binary = tmp_path / "t.csv"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    for path in (str(binary), str(tmp_path / "none.csv"), str(tmp_path)):
        done = radicula("icc", path, *COLUMNS)
        assert done.returncode == 2
        assert len(done.stderr.strip().splitlines()) == 1
