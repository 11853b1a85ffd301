"""Scoring is one linear pass and one calibrated layer; written out by hand on a model of three n-grams."""

import numpy as np
import pytest

from nlp.features import featurize_codes, join_zones
from nlp.heads import HEADS, N_OUTPUTS, UNITS, columns
from nlp.score import ROW_WIDTH, Model, linear, score, slot_table


def model(keys, weights, *, mixing=None, helps=None):
    table = np.zeros((len(keys), ROW_WIDTH), np.int8)
    table[:, :N_OUTPUTS] = weights
    return Model(
        version="test",
        slots=slot_table(np.array(keys, np.uint32)),
        idf=np.arange(1, len(keys) + 1, dtype=np.float32),
        weights=table,
        scales=np.full(ROW_WIDTH, 0.5, np.float32),
        bias=np.zeros(N_OUTPUTS, np.float32),
        mixing=np.eye(N_OUTPUTS, dtype=np.float32) if mixing is None else mixing,
        offset=np.zeros(N_OUTPUTS, np.float32),
        helps=np.zeros((2, len(UNITS), len(UNITS)), np.float32) if helps is None else helps,
    )


MATRIX = featurize_codes([join_zones("giá xăng", "", ""), join_zones("", "", "giá. giá. điện"), join_zones("", "", "")])


def test_sums_are_idf_weighted_and_divided_by_the_length_of_the_known_part():
    first, size = MATRIX.keys, MATRIX.starts[1]
    weights = np.zeros((2, N_OUTPUTS))
    weights[0, 5], weights[1, 5] = 10, -4
    known, traces = linear(MATRIX, model=model(first[:2], weights))
    sums = traces.sums
    values = MATRIX.values[:2] * [1, 2]
    assert sums[0, 5] == pytest.approx(0.5 * values @ [10, -4] / np.linalg.norm(values))
    assert known.tolist() == pytest.approx([2 / size, known[1], 0])
    assert traces.rows[:3].tolist() == [0, 1, -1]


def test_an_article_without_known_words_scores_the_bias():
    known, traces = linear(MATRIX, model=model([1, 2, 3], np.ones((3, N_OUTPUTS))))
    assert not traces.sums.any()
    assert not known.any()


def test_single_heads_sum_to_one_and_every_helper_stands_alone():
    keys = MATRIX.keys[:3]
    scores, _ = score(MATRIX, model=model(keys, np.random.default_rng(0).integers(-127, 127, (3, N_OUTPUTS))))
    for head in HEADS:
        p = getattr(scores, head.name)
        assert p.shape == (3, len(head.codes))
        assert ((p >= 0) & (p <= 1)).all()
        if not head.multi:
            assert p.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-5)


def test_the_second_layer_mixes_scores_of_other_heads():
    weights = np.zeros((1, N_OUTPUTS))
    weights[0, columns("topic").start] = 100
    mixing = np.zeros((N_OUTPUTS, N_OUTPUTS), np.float32)
    mixing[columns("topic").start, columns("lead_unit").start + 3] = 1
    scores, _ = score(MATRIX, model=model(MATRIX.keys[:1], weights, mixing=mixing))
    assert scores.lead_unit[0].argmax() == 3


def test_helpers_are_told_the_likeliest_lead_unit_and_the_runner_up():
    weights = np.zeros((1, N_OUTPUTS))
    lead = columns("lead_unit").start
    weights[0, [lead + 7, lead + 4]] = 100, 50
    helps = np.zeros((2, len(UNITS), len(UNITS)), np.float32)
    helps[0, 7, 2], helps[1, 4, 3], helps[0, 4, 5], helps[1, 7, 6] = 9, 9, 9, 9
    scores, _ = score(MATRIX, model=model(MATRIX.keys[:1], weights, helps=helps))
    assert np.flatnonzero(scores.coordinating[0] > 0.9).tolist() == [2, 3]


def test_lead_unit_and_topic_give_one_answer_to_whether_the_item_is_out_of_scope():
    weights = np.random.default_rng(3).integers(-127, 127, (3, N_OUTPUTS))
    scores, _ = score(MATRIX, model=model(MATRIX.keys[:3], weights))
    assert np.array_equal(scores.lead_unit[:, -1], scores.topic[:, -1])


def test_probabilities_stay_finite_where_the_lead_head_is_certain_that_no_unit_leads():
    weights = np.zeros((1, N_OUTPUTS))
    weights[0, columns("lead_unit").stop - 1] = 127
    sharp = np.eye(N_OUTPUTS, dtype=np.float32) * 100
    scores, _ = score(MATRIX, model=model(MATRIX.keys[:1], weights, mixing=sharp))
    assert np.isfinite(scores.lead_unit).all()


def test_the_slot_table_finds_every_key_and_no_other():
    keys = np.unique(np.random.default_rng(1).integers(0, 2**32, 5000, dtype=np.uint64).astype(np.uint32))
    slots = slot_table(keys)
    taken = np.sort(slots[slots != 0] & 0xFFFFFFFF)
    assert taken.tolist() == list(range(1, len(keys) + 1))
    assert np.array_equal(np.unique(slots[slots != 0] >> 32), keys)
    assert (slots == 0).sum() >= len(slots) / 2


def test_a_key_of_zero_bits_is_found_and_a_free_slot_is_not_taken_for_it():
    zero = featurize_codes([join_zones("", "", "giá")])
    zero.keys[:] = 0
    weights = np.ones((1, N_OUTPUTS))
    assert linear(zero, model=model([0], weights))[0].tolist() == [1.0]
    assert linear(zero, model=model([7], weights))[0].tolist() == [0.0]
