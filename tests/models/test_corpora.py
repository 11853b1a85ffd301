"""Clones of the public repositories become the Parquet files that labels refer to."""

import unicodedata
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from models.corpora import LayoutError, desegment, import_repositories

PARTS = ("train", "val", "test")
SEGMENTED = """Giá xăng giảm 500 đồng / lít từ 15h

Chiều 5/9 , liên_bộ công_bố giá mới ( giảm " khá mạnh " ) .

Theo Sở Công_Thương , giá bán_lẻ giai_đoạn 2016 - 2017 ổn_định .
Cửa_hàng đã niêm_yết .

Người dân mua xăng - Ảnh : CTV
"""


def clone_vietnews(folder: Path, text: str = SEGMENTED) -> Path:
    for part in PARTS:
        place = folder / "data" / f"{part}_tokenized"
        place.mkdir(parents=True)
        (place / "000007.txt.seg").write_text(text, "utf-8")
    return folder


def clone_scraper(folder: Path, **files: str) -> Path:
    place = folder / "vn_news" / "data"
    place.mkdir(parents=True)
    for name, text in (files or {"21000123": "Tựa đề\nSapo của bài\nDòng một\nDòng hai\n"}).items():
        (place / f"{name}.txt").write_text(text, "utf-8")
    return folder


def clone_crawler(folder: Path) -> Path:
    for section, name, text in (
        ("thi-truong", "2025-05-21-11-30-gia-xang-tang-manh.txt", "Chiều nay giá xăng tăng mạnh.\nDòng hai.\n"),
        ("tieu-diem", "2025-05-21-11-30-gia-xang-tang-manh.txt", "Chiều nay giá xăng tăng mạnh.\nDòng hai.\n"),
        ("tieu-diem", "2024-01-02-08-00-lua-gao-rot-gia.txt", "Vụ này lúa gạo rớt giá.\n"),
        ("tieu-diem", "ghi-chu.txt", "không phải bài\n"),
    ):
        place = folder / "content_data" / section
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, "utf-8")
    return folder


def rows(file: Path) -> list[dict[str, str]]:
    return pq.read_table(file).to_pylist()


@pytest.mark.parametrize(
    ("segmented", "printed"),
    [
        ("Bộ Công_Thương họp .", "Bộ Công Thương họp."),
        ("tăng 5 % , giảm 3 %", "tăng 5%, giảm 3%"),
        ("( EVN ) và [ PVN ]", "(EVN) và [PVN]"),
        ('gọi là " sạch " và " an_toàn "', 'gọi là "sạch" và "an toàn"'),
        ("“ điểm nóng ”", "“điểm nóng”"),
        ("giai_đoạn 2016 - 2020", "giai đoạn 2016-2020"),
        ("từ 3 -5 ngày", "từ 3-5 ngày"),
        ("Nghị_quyết 01 / 2001", "Nghị quyết 01/2001"),
        ("Hà_Nội - Hải_Phòng", "Hà Nội - Hải Phòng"),
        ("ông V .. Sau đó", "ông V.. Sau đó"),
    ],
)
def test_segmentation_is_undone(segmented: str, printed: str) -> None:
    assert desegment(segmented) == printed


def test_both_clones_are_found_by_their_layout_below_the_folder(tmp_path: Path) -> None:
    clone_vietnews(tmp_path / "clones" / "mot-ten-khac")
    clone_scraper(tmp_path / "clones" / "scraper")

    done = import_repositories(tmp_path, tmp_path / "out")

    assert [(one.corpus, one.rows, one.skipped, one.kept) for one in done] == [
        ("vietnews", 3, (), False),
        ("baomoi", 1, (), False),
    ]
    assert [row["id"] for row in rows(tmp_path / "out/vietnews.parquet")] == [
        "vietnews-train-000007",
        "vietnews-val-000007",
        "vietnews-test-000007",
    ]


def test_a_segmented_file_gives_title_lead_and_body_with_its_captions(tmp_path: Path) -> None:
    import_repositories(clone_vietnews(tmp_path / "vietnews"), tmp_path / "out")

    assert rows(tmp_path / "out/vietnews.parquet")[0] == {
        "id": "vietnews-train-000007",
        "title": "Giá xăng giảm 500 đồng / lít từ 15h",
        "lead": 'Chiều 5/9, liên bộ công bố giá mới (giảm "khá mạnh").',
        "body": "Theo Sở Công Thương, giá bán lẻ giai đoạn 2016-2017 ổn định.\nCửa hàng đã niêm yết.\n\n"
        "Người dân mua xăng - Ảnh: CTV",
    }


def test_a_plain_file_gives_its_first_two_lines_and_the_rest_in_nfc(tmp_path: Path) -> None:
    text = unicodedata.normalize("NFD", "Điện lực\nSapo\nDòng một\nDòng hai\n")
    import_repositories(clone_scraper(tmp_path / "scraper", **{"9": text, "10": text}), tmp_path / "out")

    found = rows(tmp_path / "out/baomoi.parquet")
    assert found[0] == {"id": "baomoi-9", "title": "Điện lực", "lead": "Sapo", "body": "Dòng một\nDòng hai"}
    assert [row["id"] for row in found] == ["baomoi-9", "baomoi-10"]


def test_files_without_text_or_in_another_encoding_are_skipped_and_named(tmp_path: Path) -> None:
    clone = clone_scraper(tmp_path / "scraper", **{"1": "Tựa\nSapo\nThân", "2": "\n\n"})
    (clone / "vn_news/data/3.txt").write_bytes("Tựa đề".encode("utf-16"))

    (done,) = import_repositories(clone, tmp_path / "out")

    assert done.rows == 1
    assert [(path.name, reason) for path, reason in done.skipped] == [
        ("2.txt", "không có chữ nào"),
        ("3.txt", "không phải UTF-8"),
    ]


def test_a_finished_corpus_is_kept_unless_asked_again(tmp_path: Path) -> None:
    clone = clone_scraper(tmp_path / "scraper")
    import_repositories(clone, tmp_path / "out")
    clone_scraper(tmp_path / "more" / "scraper", **{"5": "A\nB\nC", "6": "D\nE\nF"})

    (kept,) = import_repositories(tmp_path / "more", tmp_path / "out")
    (fresh,) = import_repositories(tmp_path / "more", tmp_path / "out", again=True)

    assert (kept.kept, kept.rows) == (True, 1)
    assert (fresh.kept, fresh.rows) == (False, 2)


def test_an_interrupted_import_leaves_no_finished_file(tmp_path: Path) -> None:
    clone = clone_scraper(tmp_path / "scraper")

    def stop(corpus: str, done: int, total: int) -> None:
        raise KeyboardInterrupt("dừng")

    with pytest.raises(KeyboardInterrupt, match="dừng"):
        import_repositories(clone, tmp_path / "out", progress=stop)

    assert not (tmp_path / "out/baomoi.parquet").exists()
    assert import_repositories(clone, tmp_path / "out")[0].rows == 1


def test_progress_says_how_many_files_of_how_many(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    clone_vietnews(tmp_path / "vietnews")

    import_repositories(tmp_path, tmp_path / "out", progress=lambda *step: seen.append(step))

    assert seen == [("vietnews", 3, 3)]


def test_a_folder_without_clones_is_an_error_that_says_what_is_sought(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=r"không thấy bản sao kho nào.*train_tokenized.*vn_news/data"):
        import_repositories(tmp_path, tmp_path / "out")


def test_a_clone_that_lacks_a_part_is_an_error_that_names_it(tmp_path: Path) -> None:
    clone = clone_vietnews(tmp_path / "vietnews")
    (clone / "data/val_tokenized/000007.txt.seg").unlink()
    with pytest.raises(LayoutError, match="val_tokenized: không có tệp nào tên như 000001"):
        import_repositories(clone, tmp_path / "out")

    (clone / "data/val_tokenized").rmdir()
    with pytest.raises(LayoutError, match="thiếu thư mục data/val_tokenized"):
        import_repositories(clone, tmp_path / "out")


def test_a_clone_of_which_nothing_can_be_read_is_an_error_and_leaves_no_file(tmp_path: Path) -> None:
    clone = clone_scraper(tmp_path / "scraper", **{"1": "\n"})
    with pytest.raises(LayoutError, match=r"không đọc được bài nào.*1\.txt: không có chữ nào"):
        import_repositories(clone, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_articles_without_titles_get_them_back_and_stand_there_once(tmp_path: Path) -> None:
    [imported] = import_repositories(clone_crawler(tmp_path / "clone"), tmp_path / "out")

    assert (imported.corpus, imported.rows) == ("vneconomy", 2)
    assert rows(imported.file) == [
        {"id": "vneconomy-lua-gao-rot-gia", "title": "Lúa gạo rớt giá", "lead": "", "body": "Vụ này lúa gạo rớt giá."},
        {
            "id": "vneconomy-gia-xang-tang-manh",
            "title": "Giá xăng tăng mạnh",
            "lead": "",
            "body": "Chiều nay giá xăng tăng mạnh.\nDòng hai.",
        },
    ]
