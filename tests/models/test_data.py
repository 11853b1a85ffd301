"""Labels are checked before anything is trained on them; stories do not stand on both sides of a split."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.data import (
    HEADLINE,
    HEADLINES,
    LABELS,
    CorpusError,
    Label,
    LabelError,
    MissingArticlesError,
    default_labels,
    fingerprint,
    groups,
    leaks,
    load_articles,
    load_labels,
)
from nlp.types import Article

GOOD = {"id": "a-1", "topic": "dien-luc", "lead": "EVN", "coord": ["DTDL"], "urgency": 2, "tone": -1}
OUTSIDE = {"id": "a-2", "topic": "ngoai-pham-vi", "lead": "", "coord": [], "urgency": 0, "tone": 0}
STORY = (
    "Sáng nay kho hàng của một công ty ở khu công nghiệp phía bắc bốc cháy dữ dội khiến hàng trăm công nhân phải sơ "
    "tán khẩn cấp, lực lượng chữa cháy huy động mười hai xe đến hiện trường và dập tắt ngọn lửa sau ba giờ đồng hồ"
)
OTHER = (
    "Giá gạo xuất khẩu tuần này nhích lên nhờ đơn hàng mới từ thị trường châu Phi trong khi các doanh nghiệp vẫn lo "
    "thiếu tàu chở hàng và cước vận tải tăng mạnh so với cùng kỳ năm trước theo hiệp hội lương thực"
)


def write_labels(folder: Path, *rows: Any, name: str = "labels.jsonl") -> Path:
    path = folder / name
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), "utf-8")
    return path


def write_corpus(path: Path, *articles: Article) -> None:
    columns = {name: [getattr(article, name) for article in articles] for name in ("id", "title", "lead", "body")}
    pq.write_table(pa.table(columns), path)


def test_a_label_keeps_what_the_guideline_asks_and_drops_the_annotators_notes(tmp_path: Path) -> None:
    path = write_labels(tmp_path, {**GOOD, "unsure": True, "stratum": "hot", "split": "dev", "pass": "ruled"})
    assert load_labels([path]) == [
        Label(
            id="a-1", topic="dien-luc", lead="EVN", coord=("DTDL",), urgency=2, tone=-1,
            unsure=True, stratum="hot", split="dev",
        )
    ]  # fmt: skip


def test_files_are_read_in_order_and_empty_lines_skipped(tmp_path: Path) -> None:
    first = write_labels(tmp_path, OUTSIDE, "", name="1.jsonl")
    second = write_labels(tmp_path, GOOD, name="2.jsonl")
    assert [label.id for label in load_labels([first, second])] == ["a-2", "a-1"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"topic": "bong-da"}, "mã chủ đề lạ: 'bong-da'"),
        ({"lead": "XYZ"}, "mã đơn vị chủ trì lạ: 'XYZ'"),
        ({"coord": ["DTDL", "XYZ"]}, r"mã đơn vị phối hợp lạ: \['XYZ'\]"),
        ({"coord": ["DTDL", "DTDL"]}, "đơn vị phối hợp lặp lại"),
        ({"coord": ["DTDL", "KH", "TC", "PC"]}, "quá 3 đơn vị phối hợp"),
        ({"coord": ["EVN"]}, "đơn vị chủ trì EVN cũng là đơn vị phối hợp"),
        ({"urgency": 4}, "mức khẩn lạ: 4"),
        ({"urgency": True}, "mức khẩn lạ: True"),
        ({"tone": 2}, "sắc thái lạ: 2"),
        ({"unsure": "no"}, "unsure phải là true hoặc false"),
        ({"split": "test"}, "split lạ: 'test'"),
        ({"lead": ""}, "bài trong phạm vi mà không có đơn vị chủ trì"),
        ({"id": ""}, "thiếu id"),
        ({"topic": "ngoai-pham-vi"}, "bài ngoài phạm vi mà có đơn vị, mức khẩn hoặc sắc thái"),
    ],
)
def test_a_label_that_breaks_the_guideline_is_refused_with_file_and_line(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    path = write_labels(tmp_path, OUTSIDE, {**GOOD, **change})
    with pytest.raises(LabelError, match=rf"labels\.jsonl:2: {reason}"):
        load_labels([path])


def test_out_of_scope_with_an_urgency_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="bài ngoài phạm vi mà có đơn vị"):
        load_labels([write_labels(tmp_path, {**OUTSIDE, "urgency": 1})])


@pytest.mark.parametrize("line", ["{", "[1]", '"text"', "{}", '{"id": "a", "topic": "dien-luc", "coord": 3}'])
def test_a_line_that_is_no_label_is_refused_with_file_and_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(LabelError, match=r"labels\.jsonl:1: không phải một nhãn"):
        load_labels([write_labels(tmp_path, line)])


def test_an_id_may_not_come_twice_even_in_two_files(tmp_path: Path) -> None:
    first = write_labels(tmp_path, OUTSIDE, GOOD, name="1.jsonl")
    second = write_labels(tmp_path, GOOD, name="2.jsonl")
    with pytest.raises(LabelError, match=r"2\.jsonl:1: trùng id 'a-1', đã có ở 1\.jsonl:2"):
        load_labels([first, second])


def test_a_label_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"absent\.jsonl:0: không đọc được tệp nhãn"):
        load_labels([tmp_path / "absent.jsonl"])


def test_the_labels_that_come_with_diembao_keep_the_guideline() -> None:
    labels = load_labels([LABELS])
    assert len(labels) == 6268
    assert {label.split for label in labels} == {"train", "dev"}


def test_label_paths_come_from_the_environment_or_from_the_project(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DIEMBAO_LABELS", raising=False)
    assert default_labels()[0] == LABELS
    monkeypatch.setenv("DIEMBAO_LABELS", f"{tmp_path / 'a'}:{tmp_path / 'b'}")
    assert default_labels() == [tmp_path / "a", tmp_path / "b"]


def test_only_the_articles_asked_for_are_loaded_from_whatever_file_holds_them(tmp_path: Path) -> None:
    one, two, three = Article("1", "Một", "Sapo", "Thân"), Article("2", "Hai"), Article("3", "Ba")
    write_corpus(tmp_path / "x.parquet", one, two)
    write_corpus(tmp_path / "y.parquet", three)
    assert load_articles(tmp_path, ["3", "1", "1"]) == {"1": one, "3": three}


def test_headlines_of_our_own_bring_their_text_along(tmp_path: Path) -> None:
    write_corpus(tmp_path / "x.parquet", Article("1", "Một"))
    labels = load_labels([HEADLINES])
    found = load_articles(tmp_path, ["1", labels[0].id, labels[-1].id])

    assert set(found) == {"1", labels[0].id, labels[-1].id}
    assert all(article.title and not article.body for article in found.values())
    assert all(label.stratum == HEADLINE and label.id.startswith(f"{HEADLINE}-") for label in labels)


def test_missing_articles_are_counted_and_some_named(tmp_path: Path) -> None:
    write_corpus(tmp_path / "x.parquet", Article("1", "Một"))
    with pytest.raises(
        MissingArticlesError, match=r"thiếu 7 trong 8 bài có nhãn: m0, m1, m2, m3, m4, \.\.\.$"
    ) as error:
        load_articles(tmp_path, ["1", *(f"m{n}" for n in range(7))])
    assert len(error.value.ids) == 7


def test_an_id_in_two_files_is_refused(tmp_path: Path) -> None:
    write_corpus(tmp_path / "x.parquet", Article("1", "Một"))
    write_corpus(tmp_path / "y.parquet", Article("1", "Một khác"))
    with pytest.raises(CorpusError, match="id '1' đã có"):
        load_articles(tmp_path, ["1"])


def test_a_folder_that_is_no_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="không có tệp Parquet nào"):
        load_articles(tmp_path, ["1"])
    pq.write_table(pa.table({"id": ["1"], "title": ["Một"]}), tmp_path / "x.parquet")
    with pytest.raises(CorpusError, match="thiếu cột lead, body"):
        load_articles(tmp_path, ["1"])
    (tmp_path / "x.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(CorpusError, match=r"x\.parquet: không đọc được"):
        load_articles(tmp_path, ["1"])


def test_the_fingerprint_does_not_depend_on_order_but_on_every_label_and_text() -> None:
    labels = [Label("1", "dien-luc", "EVN"), Label("2", "ngoai-pham-vi")]
    articles = {"1": Article("1", "Một", "", "Thân"), "2": Article("2", "Hai")}
    same = fingerprint(labels, articles)

    assert fingerprint(labels[::-1], dict(reversed(articles.items()))) == same
    assert fingerprint([replace(labels[0], tone=1), labels[1]], articles) != same
    assert fingerprint(labels, {**articles, "2": Article("2", "", "Hai")}) != same


def test_reposts_with_another_title_are_one_story_and_other_articles_are_not() -> None:
    articles = [
        Article("1", "Cháy kho hàng", "", STORY),
        Article("2", "Gạo tăng giá", "", OTHER),
        Article("3", "Hỏa hoạn ở khu công nghiệp", "Theo phóng viên.", STORY.upper()),
        Article("4", "Gạo tăng giá"),
    ]
    a, b, c, d = groups(articles)
    assert a == c
    assert len({a, b, d}) == 3
    assert groups([]) == []


def test_leaks_name_the_pairs_that_stand_on_both_sides_of_a_split() -> None:
    train = [Article("t1", "Gạo", "", OTHER), Article("t2", "Cháy kho", "", STORY)]
    dev = [Article("d1", "Hỏa hoạn", "", STORY), Article("d2", "Hỏa hoạn", "", STORY)]
    assert leaks(train, dev) == [("t2", "d1"), ("t2", "d2")]
    assert leaks(train[:1], dev) == []
    assert leaks([], dev) == []
