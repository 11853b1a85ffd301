from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nlp.reading import ColumnsMissing, read
from nlp.types import MAX_ARTICLE_CHARS


@pytest.fixture
def table(tmp_path: Path):
    def write_table(columns: dict[str, pa.Array | list], name: str = "tin.parquet", **options: object) -> Path:
        pq.write_table(pa.table(columns), tmp_path / name, **options)
        return tmp_path / name

    return write_table


def test_reads_the_columns_of_articles_and_no_others(part, table) -> None:
    path = table({
        "Mã": [1, 2], "Tiêu đề": ["Lúa chín", "Mưa rào"], "Nội dung": [None, "Suốt đêm"], "véc tơ": [[1.0], [2.0]],
        "Ngày": pa.array([datetime(2016, 5, 24, 7, 30), None], pa.timestamp("ns")),
    })  # fmt: skip
    articles, rejections = part(path)
    assert not rejections
    assert [(a.id, a.title, a.body) for a in articles] == [("1", "Lúa chín", ""), ("2", "Mưa rào", "Suốt đêm")]
    assert [a.published_at for a in articles] == [datetime(2016, 5, 24, 7, 30), None]


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())], ids=str)
def test_every_kind_of_text_column_is_text(part, table, kind: pa.DataType) -> None:
    array = pa.array(["Lúa chín", "Mưa rào", None]).cast(kind)
    articles, rejections = part(table({"title": array, "body": ["a", "b", "c"]}))
    assert [a.title for a in articles] == ["Lúa chín", "Mưa rào", ""] and not rejections


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("title", [1, 2]), ("title", [b"L\xc3\xbaa", b"x"]), ("title", [["a"], ["b"]]), ("body", [1.5, 2.5]),
        ("source", [True, False]), ("published_at", [True, False]), ("id", [1.5, 2.5]),
    ],
)  # fmt: skip
def test_a_column_of_another_type_refuses_the_file_by_field(part, table, field: str, values: list) -> None:
    articles, rejections = part(table({"title": ["a", "b"], field: values}), table({"title": ["Sau"]}, "sau.parquet"))
    assert [a.title for a in articles] == ["Sau"]
    assert [(r.row, r.field) for r in rejections] == [(0, field)]
    assert f"cột “{field}” có kiểu" in rejections[0].reason


def test_dates_of_every_type_are_read(part, table) -> None:
    moment = datetime(2016, 5, 24, 0, 30, tzinfo=UTC)
    columns = [
        pa.array([moment], pa.timestamp("ms", "UTC")), pa.array([moment], pa.timestamp("us", "Asia/Ho_Chi_Minh")),
        pa.array([1464049800]), pa.array(["24/5/2016 07:30 GMT+7"]),
    ]  # fmt: skip
    paths = [table({"title": ["a"], "date": column}, f"{i}.parquet") for i, column in enumerate(columns)]
    assert [a.published_at for a in part(*paths)[0]] == [moment] * 4
    (plain,), _ = part(table({"title": ["a"], "date": pa.array([moment.date()])}))
    assert plain.published_at == datetime(2016, 5, 24)


def test_text_that_is_no_utf8_rejects_its_row(part, table) -> None:
    broken = pa.Array.from_buffers(pa.string(), 3, pa.array([b"a", b"\xff", b"c"]).buffers())
    articles, rejections = part(table({"title": broken}))
    assert [a.title for a in articles] == ["a", "c"]
    assert [(r.row, r.field) for r in rejections] == [(2, "title")]


def test_an_article_of_fifty_megabytes_is_rejected_and_the_next_read(part, table) -> None:
    articles, rejections = part(table({"title": ["a", "b"], "body": ["x" * 50_000_000, "y" * (MAX_ARTICLE_CHARS - 1)]}))
    assert [a.title for a in articles] == ["b"]
    assert [(r.row, r.field) for r in rejections] == [(1, "body")]


def test_a_file_cut_short_or_broken_is_rejected_and_the_next_read(part, table, write) -> None:
    whole = table({"title": ["a" * 5000, "b"]}).read_bytes()
    articles, rejections = part(
        write("a.parquet", whole[:-100]),
        write("b.parquet", b"PAR1"),
        write("c.parquet", b""),
        table({"title": ["Sau"]}),
    )
    assert [a.title for a in articles] == ["Sau"]
    assert [r.row for r in rejections] == [0, 0, 0]


def test_a_file_broken_half_way_yields_its_good_rows_first(part, table, write) -> None:
    titles = [f"Tin {i:05}" for i in range(2000)]
    path = table({"title": titles}, row_group_size=1000, compression="none", use_dictionary=False)
    data = bytearray(path.read_bytes())
    second = pq.ParquetFile(path).metadata.row_group(1).column(0).data_page_offset
    data[second : second + 40] = b"\xff" * 40
    articles, rejections = part(write("hong.parquet", bytes(data)))
    assert [a.title for a in articles] == titles[:1000]
    assert [r.row for r in rejections] == [1001]


def test_a_file_without_the_columns_stops_the_run(table) -> None:
    with pytest.raises(ColumnsMissing, match=r"“x”.*--map"):
        list(read([table({"x": ["a"]})]))
