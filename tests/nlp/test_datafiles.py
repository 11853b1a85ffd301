"""What all files that an office edits have in common."""

import pytest

from nlp.datafiles import DataFileError, Form, Key, rows_of, unverified
from nlp.datafiles.locate import line_of

FORM = Form({"box": {"size": Key("count", most=9), "note": Key(needed=False), "confidence": Key(among=("A", "C"))}})
BOX = '[[box]]\nsize = 3\nconfidence = "A"\n'


@pytest.mark.parametrize(
    ("table", "number", "key", "line"),
    [
        ("open", 0, "unit", 3), ("open", 1, "unit", 9), ("open", 1, "name", 8), ("open", 2, "unit", 1),
        ("", 0, "a", 1), ("open", 0, "b", 4), ("open.inner", 0, "c", 11),
    ],
)  # fmt: skip
def test_lines_are_found_past_comments_quotes_and_long_texts(table, number, key, line):
    text = 'a = 1\n  [[ open ]] # mở\n"unit" = 1\nb = """\n[[open]]\nunit = 7"""\n'
    text += "[[open]]\nname=1\nunit=2\n[open.inner]\nc = 1\n"

    assert line_of(text, table, number, key) == line


def test_a_table_becomes_a_row_that_knows_its_lines():
    first, second = rows_of("x.toml", BOX + BOX + 'note = """một\nhai"""\n', FORM)

    assert (first["size"], first.line("size"), first.text_of("note")) == (3, 2, "")
    assert (second.line(), second.line("note"), second.text_of("note")) == (4, 7, "một hai")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("size = 3", "size = 10", 2, "không phải 10; cần một số nguyên dương, không có dấu nháy, như 22, nhiều nhất 9"),
        ("size", "sise", 2, r"khóa lạ trong \[\[box\]\] \(có phải là size\?\); các khóa đúng: size, note, confidence"),
        ("[[box]]", "[[bok]]", 1, r"khóa lạ \(có phải là box\?\); các bảng đúng: \[\[box\]\]"),
        ('"A"', '"B"', 3, "không biết 'B'; viết một trong: A, C"),
    ],
)
def test_a_fault_is_told_with_its_line_and_a_near_word(old, new, line, message):
    with pytest.raises(DataFileError, match=message) as told:
        rows_of("x.toml", BOX.replace(old, new), FORM)

    assert (told.value.file, told.value.line) == ("x.toml", line)


def test_facts_of_low_grade_are_listed_with_their_place():
    rows = rows_of("x.toml", BOX + BOX.replace('"A"', '"C"'), FORM)

    (fact,) = unverified(rows, said={"box": lambda row: f"hộp {row['size']}"})

    assert (fact.file, fact.line, fact.what, fact.confidence) == ("x.toml", 6, "hộp 3", "C")
