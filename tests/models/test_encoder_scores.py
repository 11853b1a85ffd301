"""An encoder reads each text once; training beside it gives a careful reader and two sets of thresholds."""

from pathlib import Path

import numpy as np
import pytest

from models.encoder_scores import cache_folder, encoder_scores
from models.layers import Settings
from models.train import fit
from nlp.encoder.vectors import Encoder
from nlp.heads import N_OUTPUTS, TOPICS, columns
from nlp.pipeline import run
from nlp.types import Article

OUTPUTS = N_OUTPUTS + 3
ASKED: list[str] = []


class Knowing(Encoder):
    """An encoder that knows petrol when it sees it."""

    def scores(self, texts):
        ASKED.extend(text.article.id for text in texts)
        out = np.zeros((len(texts), OUTPUTS), np.float32)
        for row, text in enumerate(texts):
            name = "xang-dau" if "xăng" in text.title + text.body else "ngoai-pham-vi"
            out[row, columns("topic").start + list(TOPICS).index(name)] = 5
        return out


@pytest.fixture
def encoder():
    ASKED.clear()
    floats = np.zeros((2, OUTPUTS), np.float32)
    return Knowing(b"n", b"v", np.zeros((5, 1), np.int8), np.ones(5, np.float32), floats, floats[0], 224)


def test_a_text_is_read_once_whatever_its_id(encoder, tmp_path):
    one, again, other = Article("1", "xăng"), Article("2", "xăng"), Article("3", "bóng")
    first = encoder_scores([one, other], encoder, cache=tmp_path)
    second = encoder_scores([other, again], encoder, cache=tmp_path)

    assert ASKED == ["1", "3"]
    assert np.array_equal(first, second[::-1])


def test_another_encoder_has_another_cache(encoder, tmp_path):
    encoder_scores([Article("1", "xăng")], encoder, cache=tmp_path)
    encoder.bias = encoder.bias + 1
    encoder_scores([Article("1", "xăng")], encoder, cache=tmp_path)

    assert ASKED == ["1", "1"]
    assert len(list(tmp_path.iterdir())) == 2


def test_the_cache_lies_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    monkeypatch.delenv("DIEMBAO_CACHE", raising=False)
    assert cache_folder() == Path("/x/diembao")
    monkeypatch.setenv("DIEMBAO_CACHE", "/y")
    assert cache_folder() == Path("/y")


def test_a_training_with_an_encoder_reads_carefully_and_can_do_without(encoder, world, tmp_path, monkeypatch):
    monkeypatch.setenv("DIEMBAO_CACHE", str(tmp_path))
    labels = [label for label in world.labels if label.split == "train"]
    trained = fit(labels, world.articles, settings=Settings(jobs=1), encoder=encoder)
    article = next(world.articles[label.id] for label in world.labels if label.topic == "xang-dau")
    (careful,), (fast,) = (run([article], engine=engine) for engine in (trained.engine, trained.engine.fast()))

    assert (careful.proposal.careful, fast.proposal.careful) == (True, False)
    assert careful.proposal.topic.code == fast.proposal.topic.code == "xang-dau"
    assert trained.engine.policy.fast.keys() >= {"scope_p", "auto_unit_p"}
    assert 0 <= trained.engine.policy.reread_p <= 0.1
    assert trained.manifest["encoder"] == {"max_tokens": 224, "pieces": 5}
