"""A careful reading asks the encoder about what is not surely out of scope, and about nothing else."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from models.artifacts import load_engine
from nlp.careful import Careful
from nlp.encoder.vectors import Encoder
from nlp.heads import N_OUTPUTS, TOPICS, UNITS, columns
from nlp.pipeline import run
from nlp.record import to_record
from nlp.types import Article

PETROL = Article("p", "Giá xăng tăng mạnh từ chiều nay", "Liên bộ điều chỉnh giá xăng dầu.", "Giá bán lẻ tăng. " * 20)
SPORT = Article("s", "Đội tuyển thắng trận bóng đá", "Khán giả vui mừng trên sân.", "Hai bàn thắng được ghi. " * 20)
BARE = Article("b", "Gia xang tang manh tu chieu nay", "Lien bo dieu chinh gia xang dau.", "Gia ban le tang. " * 20)
OUTPUTS = 4


class Counted:
    """An encoder that always means the topic of steel and cars, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def scores(self, texts):
        self.asked += [text.article.id for text in texts]
        return np.full((len(texts), OUTPUTS), 1.0, np.float32)


@pytest.fixture
def encoder():
    return Counted()


@pytest.fixture
def engine(encoder):
    base = load_engine()
    mixing = np.zeros((N_OUTPUTS + OUTPUTS, N_OUTPUTS), np.float32)
    mixing[N_OUTPUTS, columns("topic").start + list(TOPICS).index("cong-nghiep-nang")] = 30
    mixing[N_OUTPUTS, columns("lead_unit").start + list(UNITS).index("CNNG")] = 30
    careful = Careful(
        encoder, mixing, np.zeros(N_OUTPUTS, np.float32), np.zeros((2, len(UNITS), len(UNITS)), np.float32)
    )
    return dataclasses.replace(base, careful=careful, policy=dataclasses.replace(base.policy, reread_p=0.2))


def test_what_is_surely_out_of_scope_is_not_read_again(engine, encoder):
    petrol, sport = run([PETROL, SPORT], engine=engine)

    assert encoder.asked == ["p"]
    assert petrol.proposal.topic.code == "cong-nghiep-nang"
    assert petrol.proposal.lead_unit.code == "CNNG"
    assert not sport.proposal.in_scope
    assert [to_record(one)["reader"] for one in (petrol, sport)] == ["careful", "fast"]


def test_from_zero_on_everything_is_read_again(engine, encoder):
    run([SPORT, PETROL], engine=dataclasses.replace(engine, policy=dataclasses.replace(engine.policy, reread_p=0.0)))

    assert encoder.asked == ["s", "p"]


def test_text_without_marks_keeps_what_the_n_grams_say(engine, encoder):
    (bare,) = run([BARE], engine=engine)

    assert encoder.asked == []
    assert bare.proposal.topic.code == "xang-dau"
    assert not bare.proposal.careful


def test_the_fast_engine_asks_nobody_and_has_thresholds_of_its_own(engine, encoder):
    policy = dataclasses.replace(engine.policy, fast={"auto_unit_p": 1.0})
    (petrol,) = run([PETROL], engine=dataclasses.replace(engine, policy=policy).fast())

    assert encoder.asked == []
    assert petrol.proposal.topic.code == "xang-dau"
    assert any("chủ trì chưa chắc" in reason for reason in petrol.reasons)


def test_a_decision_hangs_on_its_own_article_alone(engine):
    alone = [run([article], engine=engine)[0].proposal for article in (PETROL, SPORT, BARE)]

    assert [one.proposal for one in run([PETROL, SPORT, BARE], engine=engine)] == alone


def test_an_encoder_looks_words_up_and_reads_articles_one_by_one():
    met = []

    def run_session(_names, fed):
        met.append(fed["words"].shape)
        return [np.array([[fed["words"].sum(), 1.0]], np.float32)]

    class Pieces:
        def encode_batch_fast(self, zones, *, add_special_tokens):
            assert not add_special_tokens
            return [SimpleNamespace(ids=[4 + len(word) % 3 for word in zone.split()]) for zone in zones]

    words = np.arange(14, dtype=np.int8).reshape(7, 2)
    loaded = SimpleNamespace(tokenizer=Pieces(), session=SimpleNamespace(run=run_session))
    encoder = Encoder(b"", b"", words, np.full(7, 0.5, np.float32), np.eye(2, dtype=np.float32), np.ones(2), 8, loaded)
    text = SimpleNamespace(title="a bb", lead="", body="ccc " * 20)
    vectors = encoder.vectors([text, SimpleNamespace(title="a", lead="", body="")])

    assert met == [(1, 8, 2), (1, 5, 2)]
    tokens = encoder.tokens(text)[0]
    assert vectors[0, 0] == pytest.approx(words[tokens].sum() * 0.5)
    assert encoder.scores([text])[0].tolist() == pytest.approx([vectors[0, 0] + 1, 2.0])
