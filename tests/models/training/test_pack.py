"""A pack keeps the tokens of articles and what is known of them, and gives lines as the encoder reads them."""

from pathlib import Path

import numpy as np
import pytest

from models.data import Label
from models.training.encoder import pack
from models.training.encoder.prepare import Corpus, from_labels, make_pack
from nlp.encoder.tokens import END, FIRST, PADDING, Tokens, assemble
from nlp.heads import N_OUTPUTS, columns
from nlp.types import Article

TOKENS = Tokens(np.array([10, 11, 20, 30, 31, 32, 12], np.uint16), np.array([[2, 1, 3], [1, 0, 0]], np.int32))
LABELS = (
    Label("a", "dien-luc", "EVN", ("DTDL",), 2, -1),
    Label("b", "ngoai-pham-vi"),
    Label("c", "xang-dau", "TTTN", undecided=("urgency",)),
)


def test_zones_stand_between_their_marks() -> None:
    lines = pack.lines(TOKENS, max_tokens=12)

    assert lines[0].tolist() == [FIRST, 10, 11, END, 20, END, 30, 31, 32, END, PADDING, PADDING]
    assert lines[1].tolist() == [FIRST, 12, END, END, END, *[PADDING] * 7]


def test_a_long_article_is_cut_off_at_the_end() -> None:
    assert assemble(TOKENS, [0], max_tokens=7, starts=TOKENS.starts).tolist() == [[FIRST, 10, 11, END, 20, END, 30]]


def test_a_pack_comes_back_as_it_was(tmp_path: Path) -> None:
    targets, known = from_labels(LABELS[:1])
    fold, pool = np.array([0, pack.NOT_LABELLED], np.int8), np.array([False, True])
    pack.save(pack.Pack(TOKENS, fold, pool, targets, known), tmp_path / "p.xz")
    read = pack.load(tmp_path / "p.xz")

    assert np.array_equal(read.tokens.flat, TOKENS.flat)
    assert np.array_equal(read.tokens.sizes, TOKENS.sizes)
    assert read.labelled.tolist() == [0]
    assert np.array_equal(read.targets, targets)


def test_a_broken_pack_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.xz").write_bytes(b"PK\x05\x06" + bytes(18))

    with pytest.raises(pack.PackError, match="không đọc được gói token"):
        pack.load(tmp_path / "p.xz")


def test_targets_say_what_labels_say_and_which_heads_are_decided() -> None:
    targets, known = from_labels(LABELS)

    assert targets.shape == (3, pack.OUTPUTS)
    assert targets[0, columns("topic")].argmax() == 0
    assert targets[0, columns("coordinating")].sum() == 1
    assert targets[0, N_OUTPUTS:].tolist() == [1, 1, 0]
    assert targets[1, N_OUTPUTS:].tolist() == [0, 0, 0]
    assert known.tolist() == [[True] * 5, [True] * 5, [True, True, True, False, True]]
    assert targets[2, columns("urgency")].sum() == 0


def corpus(n: int) -> tuple[Corpus, dict[str, Article]]:
    """n articles of words of their own, the last ones likeliest in scope."""
    articles = {f"{i}": Article(f"{i}", " ".join(f"từ{i}x{k}" for k in range(12))) for i in range(n)}
    tokens = Tokens(np.arange(10, 10 + n, dtype=np.uint16), np.tile(np.array([1, 0, 0], np.int32), (n, 1)))
    return Corpus(list(articles), tokens, np.linspace(0, 1, n, dtype=np.float32)), articles


def test_folds_hold_out_every_label_once_and_dev_is_in_none() -> None:
    found, articles = corpus(30)
    labels = [Label(f"{i}", "dien-luc", "EVN", split="dev" if i < 4 else "train") for i in range(20)]
    made = make_pack(found, labels[::-1], articles)

    assert made.fold[:4].tolist() == [pack.DEV] * 4
    assert sorted(set(made.fold[4:20].tolist())) == [0, 1, 2, 3, 4]
    assert made.fold[20:].tolist() == [pack.NOT_LABELLED] * 10
    assert len(made.targets) == 20
    assert not made.pool[:4].any()
    assert made.pool[4:].all()


def test_an_article_that_repeats_a_dev_article_loses_its_label() -> None:
    found, articles = corpus(30)
    articles["7"] = Article("7", articles["2"].title)
    labels = [Label(f"{i}", "dien-luc", "EVN", split="dev" if i < 4 else "train") for i in range(20)]

    assert make_pack(found, labels, articles).fold[7] == pack.NOT_LABELLED
