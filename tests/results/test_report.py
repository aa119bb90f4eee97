"""The report: its numbers are those of the result, whatever file one reads them from."""

import csv
import io
import json
from html.parser import HTMLParser
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from results.reporting.numbers import Number, Span
from results.reporting.report import BUILDERS, report_files
from results.reporting.source import ReportSource
from results.reporting.values import COLUMNS
from tests.results.phantom_study import phantom_study, without_value

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


class Tables(HTMLParser):
    """The tables of a page: caption to rows of cells, and a cell is its text with the values of its data elements."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tables: list[tuple[str, list[list[tuple[str, list[float]]]]]] = []
        self.outside: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self._within = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.outside += [str(given[name]) for name in ("src", "href") if name in given]
        if tag == "img":
            self.images.append(given)
        if tag == "caption":
            self.tables.append(("", []))
            self._within = "caption"
        elif tag == "tr" and self.tables:
            self.tables[-1][1].append([])
        elif tag in ("td", "th") and self.tables:
            self.tables[-1][1][-1].append(("", []))
            self._within = "cell"
        elif tag == "data" and self._within == "cell":
            self.tables[-1][1][-1][-1][1].append(float(str(given["value"])))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("caption", "td", "th"):
            self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "caption":
            caption, rows = self.tables[-1]
            self.tables[-1] = (caption + data, rows)
        elif self._within == "cell":
            text, values = self.tables[-1][1][-1][-1]
            self.tables[-1][1][-1][-1] = (text + data, values)

    def table(self, words: str) -> list[list[tuple[str, list[float]]]]:
        """The rows under the head of the one table whose caption has some words."""
        ((_, rows),) = [one for one in self.tables if words in one[0]]
        return rows[1:]


@pytest.fixture(scope="module")
def source() -> ReportSource:
    return without_value(phantom_study(subjects=8, resamples=100))


@pytest.fixture(scope="module")
def files(source: ReportSource) -> dict[str, bytes]:
    return report_files(source)


def test_the_same_result_gives_the_same_bytes(source: ReportSource, files: dict[str, bytes]) -> None:
    assert report_files(source) == files


def test_the_page_asks_for_nothing_and_says_what_its_pictures_show(files: dict[str, bytes]) -> None:
    page = Tables(files["report.html"])
    assert {one.partition(":")[0][:1] for one in page.outside} == {"#", "d"}
    assert all(one.startswith(("#s", "data:image/")) for one in page.outside)
    assert len(page.images) >= 5
    assert all(len(str(one["alt"])) > 40 for one in page.images)
    assert b"<script" not in files["report.html"]


def test_the_icc_table_holds_the_numbers_of_the_document(source: ReportSource, files: dict[str, bytes]) -> None:
    page = Tables(files["report.html"])
    rows = page.table("The six forms")
    expected = [form for entry in source.reliability for form in entry["icc"]]
    assert len(rows) == len(expected) == 24
    for row, form in zip(rows, expected, strict=True):
        assert row[2][0] == form["type"]
        assert row[5][1] == [form["value"]]
        assert row[6][1] == form["ci95"]
        assert row[7][1] == [form["f"]]
        assert row[8][1] == [form["df1"], form["df2"]]
        assert row[9][1] == [form["p"]]
        assert row[5][0].replace("\N{MINUS SIGN}", "-") == f"{form['value']:.3f}"
    errors = page.table("Standard error of measurement")
    assert [row[2][1] for row in errors] == [[entry["sem_agreement"]] for entry in source.reliability]
    assert [row[4][1] for row in errors] == [[entry["sdc"]] for entry in source.reliability]


def test_agreement_and_tests_hold_the_numbers_of_the_document(source: ReportSource, files: dict[str, bytes]) -> None:
    page = Tables(files["report.html"])
    rows = page.table("all pairs of readings together: mean")
    expected = [
        (one["metrics"][name]["n"], one["metrics"][name]["mean"], one["metrics"][name]["ci"])
        for one in source.agreement()
        for name in source.parameters["metrics"]
    ]
    assert [(*row[2][1], *row[3][1], row[5][1]) for row in rows] == expected
    tests = page.table("Differences between readers")
    pairs = [pair for entry in source.reliability for pair in entry["pairs"]]
    assert [row[5][1] for row in tests] == [[pair["paired_t"]["holm_p"]] for pair in pairs]
    limits = page.table("Bland-Altman: bias")
    scales = [pair[f"bland_altman{scale}"] for pair in pairs for scale in ("", "_percent", "_ratio")]
    assert [row[4][1] for row in limits] == [[one["bias"]["value"], *one["bias"]["ci"]] for one in scales if one]


def test_every_missing_read_stands_in_the_page(source: ReportSource, files: dict[str, bytes]) -> None:
    rows = Tables(files["report.html"]).table("Reads that are missing")
    assert [tuple(cell[0] for cell in row) for row in rows] == [
        (one["case"], one["volume"], one["reader"], one["reason"]) for one in source.document["excluded"]
    ]
    assert len(rows) == 1


def test_csv_and_parquet_hold_every_raw_value(source: ReportSource, files: dict[str, bytes]) -> None:
    table = pq.read_table(io.BytesIO(files["values.parquet"]))
    lines = list(csv.DictReader(io.StringIO(files["values.csv"].decode())))
    stored = table.to_pylist()
    assert [float(line["value"]) if line["value"] else None for line in lines] == [one["value"] for one in stored]
    assert [line["undefined"] for line in lines] == [one["undefined"] for one in stored]
    found = {
        (one["case"], one["label"], one["reader_a"], one["reader_b"], one["metric"]): one["value"] for one in stored
    }
    assert len(found) == len(stored)
    for row in source.rows:
        place = (row["case"]["name"], row["label"], source.reader(row["reader_a"]), source.reader(row["reader_b"]))
        assert found[*place, "dice"] == row["dice"]
        assert found[*place, "hd95_mm"] == row["hd95_mm"]
    for reading in source.readings:
        key = (reading["case"]["name"], reading["label"], "", source.reader(reading["reader"]), "volume_mm3")
        assert found[key] == reading["values"]["volume_mm3"]
    (missing,) = [one for one in stored if one["value"] is None]
    assert (missing["metric"], missing["undefined"]) == ("hd95_mm", "ben, and only ben, lacks the label")
    dictionary = list(csv.DictReader(io.StringIO(files["columns.csv"].decode())))
    assert [one["column"] for one in dictionary] == table.column_names == list(COLUMNS)
    assert table.schema.field("value").metadata[b"description"].decode() == dictionary[11]["meaning"]


def test_the_json_is_the_document_with_its_rows_and_provenance(source: ReportSource, files: dict[str, bytes]) -> None:
    found = json.loads(files["results.json"])
    assert found["document"] == source.document
    assert found["rows"] == list(source.rows)
    assert found["readings"] == list(source.readings)
    assert found["provenance"]["document_sha256"] == source.document_sha256
    assert found["provenance"]["parameters"]["seed"] == 0


def test_the_example_in_the_docs_is_what_the_code_gives() -> None:
    source = phantom_study(resamples=2000)
    page = Tables((EXAMPLES / "dentate-phantoms-report.html").read_bytes())
    forms = [form for entry in source.reliability for form in entry["icc"]]
    shown = page.table("The six forms")
    assert [row[5][1] for row in shown] == [[pytest.approx(form["value"], rel=1e-9)] for form in forms]
    means = [one["metrics"][name] for one in source.agreement() for name in source.parameters["metrics"]]
    rows = page.table("all pairs of readings together: mean")
    assert [row[5][1] for row in rows] == [[pytest.approx(end, rel=1e-9) for end in mean["ci"]] for mean in means]
    figures = page.table("Published figures")
    assert len(figures) == sum(max(1, len(one["ours"])) for one in source.document["published"])


def test_repeated_reads_have_a_report_too() -> None:
    source = phantom_study("intra_rater", subjects=6, resamples=100, measurements=("volume_mm3",))
    sections = [build(source) for build in BUILDERS]
    assert "Reliability of measurements" in [one.title for one in sections if not one.is_empty]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Number(0.12345), "0.123"),
        (Number(-0.0001), "0.000"),
        (Number(-2.5, digits=1), "\N{MINUS SIGN}2.5"),
        (Number(1234.56, "significant", 4), "1235"),
        (Number(0.0012344, "significant", 4), "0.001234"),
        (Number(9999.6, "significant", 4), "10000"),
        (Number(0.00000012344, "significant", 4), "1.234 × 10^\N{MINUS SIGN}7"),
        (Number(0.00001, "p"), "< 0.001"),
        (Number(0.04999, "p"), "0.050"),
        (Number(None, undefined="only one reader has it"), "undefined (only one reader has it)"),
    ],
)
def test_how_numbers_are_printed(number: Number, text: str) -> None:
    assert number.text == text


def test_an_interval_is_printed_as_its_ends() -> None:
    assert Span((0.1, 0.25)).text == "0.100 to 0.250"
    assert Span(None, undefined="two subjects").text == "undefined (two subjects)"
