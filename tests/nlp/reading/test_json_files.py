from __future__ import annotations

import json

import pytest

from nlp.reading import ColumnsMissing, read
from nlp.types import MAX_ARTICLE_CHARS

ARTICLE = {
    "Mã": 7, "Tiêu đề": "Chợ nổi họp sớm", "Tóm tắt": "Ghe về đông", "Nội dung": "Dưa, khóm đầy khoang.",
    "Nguồn": "Báo Sông", "Ngày đăng": "2016-05-24T07:30:00+07:00", "Liên kết": "https://song.example/7", "lượt xem": 3,
}  # fmt: skip


def dumps(*records: object) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


@pytest.mark.parametrize("name", ["tin.jsonl", "tin.ndjson", "tin.json"])
def test_reads_every_field_of_an_object(part, write, name: str) -> None:
    (article,), rejections = part(write(name, dumps(ARTICLE)))
    assert not rejections
    assert (article.id, article.title, article.lead) == ("7", "Chợ nổi họp sớm", "Ghe về đông")
    assert (article.body, article.source, article.url) == (
        "Dưa, khóm đầy khoang.",
        "Báo Sông",
        "https://song.example/7",
    )
    assert article.published_at is not None and article.published_at.isoformat() == "2016-05-24T07:30:00+07:00"


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("wrap", [True, False], ids=["array", "single"])
def test_a_json_file_holds_an_array_or_one_object(part, write, indent: int | None, wrap: bool) -> None:
    records = [{"title": f"Tin {i}", "body": "chữ [x] {y}, " * 3000} for i in range(20 if wrap else 1)]
    text = json.dumps(records if wrap else records[0], ensure_ascii=False, indent=indent)
    articles, rejections = part(write("tin.json", text))
    assert [a.title for a in articles] == [record["title"] for record in records] and not rejections
    assert articles[-1].body == records[-1]["body"]


def test_an_array_cut_short_yields_its_good_records_and_a_rejection_for_the_rest(part, write) -> None:
    text = json.dumps([{"title": f"Tin {i}"} for i in range(3)])[:-5]
    articles, rejections = part(write("tin.json", text))
    assert [a.title for a in articles] == ["Tin 0", "Tin 1"]
    assert [(r.row, r.field) for r in rejections] == [(3, "")] and "cắt cụt" in rejections[0].reason


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("12", "số"),
        ("1.5", "số"),
        ("true", "đúng/sai"),
        ("NaN", "số"),
        ("[1]", "danh sách"),
        ('{"vi": "Tin"}', "đối tượng"),
    ],
)
def test_a_title_that_is_no_text_is_rejected_by_field(part, write, value: str, kind: str) -> None:
    articles, rejections = part(write("tin.jsonl", f'{{"title": {value}, "body": "a"}}\n{{"title": "Hai"}}\n'))
    assert [a.title for a in articles] == ["Hai"]
    assert [(r.row, r.field) for r in rejections] == [(1, "title")] and kind in rejections[0].reason


def test_nan_is_no_date_but_null_is_an_empty_one(part, write) -> None:
    articles, rejections = part(
        write("tin.jsonl", '{"title": "Một", "date": NaN}\n{"title": "Hai", "date": null, "x": NaN}\n')
    )
    assert [a.title for a in articles] == ["Hai"]
    assert [(r.row, r.field) for r in rejections] == [(1, "published_at")]


def test_broken_lines_are_rejected_and_the_run_goes_on(part, write) -> None:
    deep = b"[" * 100_000
    lines = [
        '{"title": "Một hồ"}'.encode(),
        b'{"title": ',
        b"7",
        b"",
        b'{"title": "\xff"}',
        deep,
        b'{"title": "Hai"}',
        b"{}",
    ]
    articles, rejections = part(write("tin.jsonl", b"\n".join(lines)))
    assert [a.title for a in articles] == ["Một hồ", "Hai"]
    assert [r.row for r in rejections] == [2, 3, 4, 5, 7]
    assert f"byte thứ {len(b''.join(lines[:4])) + 4 + 12} " in rejections[2].reason


def test_lone_surrogates_are_left_for_the_repair_of_text(part, write) -> None:
    (article,), _ = part(write("tin.jsonl", '{"title": "T\\ud83d in", "id": "\\ud800"}\n'))
    assert (article.title, article.id) == ("T\ud83d in", "\ud800")


def test_a_line_of_fifty_megabytes_is_rejected_and_the_next_read(part, write) -> None:
    articles, rejections = part(write("tin.jsonl", '{"title": "' + "x" * 50_000_000 + '"}\n{"title": "Hai"}\n'))
    assert [a.title for a in articles] == ["Hai"]
    assert [r.row for r in rejections] == [1] and "quá giới hạn" in rejections[0].reason


def test_a_json_value_of_fifty_megabytes_ends_its_file_only(part, write) -> None:
    huge = write("a.json", '[{"title": "Một"}, {"title": "' + "x" * 50_000_000 + '"}]')
    articles, rejections = part(huge, write("b.json", '{"title": "Hai"}'))
    assert [a.title for a in articles] == ["Một", "Hai"]
    assert [r.row for r in rejections] == [2]


def test_an_article_just_over_the_limit_is_rejected_and_one_at_it_is_not(part, write) -> None:
    records = [{"title": "T", "body": "ế" * MAX_ARTICLE_CHARS}, {"title": "T", "body": "ế" * (MAX_ARTICLE_CHARS - 1)}]
    text = "".join(json.dumps(record) + "\n" for record in records)
    articles, rejections = part(write("tin.jsonl", text))
    assert [len(a.body) for a in articles] == [MAX_ARTICLE_CHARS - 1]
    assert [(r.row, r.field) for r in rejections] == [(1, "body")]


def test_keys_may_differ_from_line_to_line(part, write) -> None:
    articles, _ = part(write("tin.jsonl", dumps({"title": "Một"}, {"Tiêu đề": "Hai", "url": "u"}, {"tít": "Ba"})))
    assert [a.title for a in articles] == ["Một", "Hai", "Ba"]


def test_a_chosen_key_may_be_absent_from_some_lines(part, write) -> None:
    path = write("tin.jsonl", dumps({"Cột A": "Một", "báo": "x"}, {"Cột A": "Hai", "cơ sở": "y"}))
    articles, _ = part(path, columns={"title": "Cột A", "source": "cơ sở"})
    assert [(a.title, a.source) for a in articles] == [("Một", ""), ("Hai", "y")]


def test_records_that_all_lack_title_and_body_stop_the_run(write) -> None:
    with pytest.raises(ColumnsMissing, match=r"“Cột A”.*--map"):
        list(read([write("tin.jsonl", dumps(*[{"Cột A": "Một"}] * 500))]))


def test_a_record_without_title_and_body_among_good_ones_is_rejected(part, write) -> None:
    articles, rejections = part(write("tin.jsonl", dumps({"x": 1}, {"title": "Hai"}, {"x": 1})))
    assert [a.title for a in articles] == ["Hai"]
    assert [r.row for r in rejections] == [1, 3]
