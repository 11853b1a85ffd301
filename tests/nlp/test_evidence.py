"""The phrases of a decision are the n-grams that added most to its scores: against the same sum written out slowly."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from models.artifacts import load_engine
from nlp.clean import clean
from nlp.evidence import PHRASES_PER_PURPOSE, PURPOSES, evidence
from nlp.features import featurize
from nlp.heads import TOPICS, UNITS, columns
from nlp.reading import read
from nlp.router import propose
from nlp.score import score
from nlp.types import Article

SAMPLES = Path(__file__).parents[2] / "datasets" / "samples" / "clippings"


@pytest.fixture(scope="module")
def engine():
    return load_engine()


@pytest.fixture(scope="module")
def clippings():
    return [item for item in read([SAMPLES]) if isinstance(item, Article)]


def routed(articles, engine):
    texts = [clean(article) for article in articles]
    matrix = featurize(texts)
    scores, traces = score(matrix, model=engine.model)
    return texts, propose(scores, policy=engine.policy, priors=engine.priors), matrix, traces


def slowly(column, row, matrix, traces, model):
    """(span in the codes, what it added) of the strongest words for one column, by sorting all of them."""
    part = slice(matrix.starts[row], matrix.starts[row + 1])
    known = traces.rows[part] >= 0
    weights = np.where(known, model.weights[traces.rows[part], column], 0).astype(np.float32)
    added = traces.values[part] * weights
    strongest = [i for i in np.argsort(-added, kind="stable")[: 2 * PHRASES_PER_PURPOSE] if added[i] > 0]
    sums = defaultdict(float)
    for i in strongest:
        sums[tuple(matrix.spans[part][i].tolist())] += added[i] * model.scales[column] / traces.norms[row]
    return sorted(sums.items(), key=lambda said: -said[1])[:PHRASES_PER_PURPOSE]


def column_of(purpose, proposal):
    code = {
        "topic": proposal.topic.code,
        "lead_unit": proposal.lead_unit and proposal.lead_unit.code,
        "urgency": proposal.urgency if proposal.urgency >= 2 else None,
    }[purpose]
    if code is None:
        return None
    codes = {"topic": list(TOPICS), "lead_unit": list(UNITS), "urgency": list(range(4))}[purpose]
    return columns(purpose).start + codes.index(code)


def test_the_phrases_are_those_that_added_most(engine, clippings):
    texts, proposals, matrix, traces = routed(clippings, engine)
    found = evidence(texts, proposals, matrix=matrix, traces=traces, model=engine.model)
    assert sum(map(len, found)) > len(clippings)
    for row, (text, proposal, phrases) in enumerate(zip(texts, proposals, found, strict=True)):
        for purpose in PURPOSES:
            mine = [phrase for phrase in phrases if phrase.purpose == purpose]
            column = column_of(purpose, proposal)
            wanted = [] if column is None else slowly(column, row, matrix, traces, engine.model)
            assert [phrase.weight for phrase in mine] == pytest.approx([weight for _, weight in wanted], abs=6e-4)
            if not text.repairs:
                zones = "\x1f".join((text.title, text.lead, text.body))
                assert [phrase.text for phrase in mine] == [zones[start:end] for (start, end), _ in wanted]


def test_evidence_does_not_depend_on_the_neighbours(engine, clippings):
    together = evidence(
        *(given := routed(clippings[:20], engine))[:2], matrix=given[2], traces=given[3], model=engine.model
    )
    for article, phrases in zip(clippings[:20], together, strict=True):
        texts, proposals, matrix, traces = routed([article], engine)
        assert evidence(texts, proposals, matrix=matrix, traces=traces, model=engine.model) == [phrases]


def test_an_article_without_a_known_word_has_no_evidence(engine):
    texts, proposals, matrix, traces = routed([Article(id="1", title="!!!"), Article(id="2", body="zzxq qqxz")], engine)
    assert evidence(texts, proposals, matrix=matrix, traces=traces, model=engine.model) == [(), ()]


def test_no_article_has_no_evidence(engine):
    texts, proposals, matrix, traces = routed([], engine)
    assert evidence(texts, proposals, matrix=matrix, traces=traces, model=engine.model) == []
