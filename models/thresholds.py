"""Out-of-fold probabilities -> the policy file: thresholds chosen for what the office asks of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from sklearn.metrics import cohen_kappa_score, f1_score
from sklearn.model_selection import GroupKFold

from models.layers import Settings, decided
from models.mixing import fit_second_layer
from nlp.heads import HEADS, MAX_COORDINATING, NO_UNIT, OUT_OF_SCOPE, TOPICS, UNITS
from nlp.router import lift
from nlp.score import second_layer

_OUT = tuple(TOPICS).index(OUT_OF_SCOPE)
_NONE = len(UNITS)
assert HEADS[1].codes[_NONE] == NO_UNIT  # noqa: S101 - the layout this module counts on

_NEIGHBOURS = 5
"""How many thresholds on either side, 0.01 apart, are looked at with one."""

WRITTEN = ("scope_p", "rare_topic", "rare_unit", "rare_tone", "coordinating_p", "urgency_1", "urgency_2", "urgency_3",
           "auto_scope_p", "auto_topic_p", "auto_unit_p")  # fmt: skip
"""What is chosen, in the order in which the policy has it."""
LOST = 0.002
"""Share of in-scope items that may be left to the n-grams alone, which would put them out of scope; no hot one."""

SURELY_OUT = 0.1
"""Nothing likelier in scope than this is left to the n-grams alone, however well they did out of fold."""

TEMPLATE = """\
# Which probabilities become which decision. Written by `diembao train`, thresholds chosen on out-of-fold probabilities
# of the training labels; the office may change them. Each value is checked when the model is loaded.

# An item is in scope from this probability on: best sum of the scope's F1 and the accuracy of the topic decided.
scope_p = {scope_p:.3f}

# How much rare topics, units and tones are favoured: probabilities are divided by (class share ** value) before the
# best is taken. 0 takes the likeliest. Chosen for the mean of accuracy and macro-F1; tone for macro-F1.
rare_topic = {rare_topic:.2f}
rare_unit = {rare_unit:.2f}
rare_tone = {rare_tone:.2f}

# A unit is proposed to coordinate from this probability on: best micro-F1.
coordinating_p = {coordinating_p:.3f}

# Cut points on the expected urgency (0 to 3) between lưu, theo dõi, cần xử lý and nóng: best quadratic kappa.
urgency_1 = {urgency_1:.3f}
urgency_2 = {urgency_2:.3f}
urgency_3 = {urgency_3:.3f}

# Below these a person looks. The unit's is the lowest at which the lead units decided without a person are right in
# at least {precision:.0%} of in-scope items; the scope's the lowest at which in or out is right as often.
auto_scope_p = {auto_scope_p:.3f}
auto_topic_p = {auto_topic_p:.3f}
auto_unit_p = {auto_unit_p:.3f}

# Text that the model hardly knows: share of known n-grams (Vietnamese articles have at least 0.64, with or without
# diacritics; English, Spanish, French and German ones at most 0.18), and number of syllables.
min_known_share = 0.350
min_syllables = 12
"""

CAREFUL = """
# An item is read by the encoder too where the n-grams think it in scope at least this likely: the largest value that
# leaves out at most {lost} in 1,000 items in scope, and no hot one, out of fold.
reread_p = {reread_p:.4f}

# Thresholds for decisions of the n-grams alone (--reader fast), chosen as those above.
[fast]
{fast}
"""


def choose_thresholds(
    p: Mapping[str, npt.NDArray[Any]],
    answers: Mapping[str, npt.NDArray[Any]],
    *,
    priors: Mapping[str, npt.NDArray[np.float32]],
    settings: Settings,
) -> dict[str, float]:
    """The thresholds, as WRITTEN, for a model whose `held_out_probabilities` are `p`: (labels, codes) by head.

    Final decisions hang on all heads together: rows that nobody has decided whole are left out.
    """
    whole = np.logical_and.reduce([decided(answer) for answer in answers.values()])
    p, answers = {name: part[whole] for name, part in p.items()}, {name: part[whole] for name, part in answers.items()}
    topic, unit = answers["topic"], answers["lead_unit"]
    inside = topic != _OUT
    inside_p = 1 - p["topic"][:, _OUT]
    rare_topic = _best_lift(p["topic"], priors["topic"], topic, inside)
    rare_unit = _best_lift(p["lead_unit"][:, :_NONE], priors["lead_unit"][:_NONE], unit, inside)
    ranked = lift(p["lead_unit"][:, :_NONE], priors["lead_unit"][:_NONE], rare_unit)
    chosen = ranked.argmax(axis=1)
    named = lift(p["topic"][:, :_OUT], priors["topic"][:_OUT], rare_topic).argmax(axis=1)
    scope_p = _best_scope(inside_p, inside, named, topic)
    shown = inside_p >= scope_p
    cuts = _best_cuts(np.where(shown, p["urgency"] @ np.arange(4), 0), answers["urgency"])
    scope_safe = np.maximum(inside_p, 1 - inside_p)
    return {
        "scope_p": scope_p,
        "rare_topic": rare_topic,
        "rare_unit": rare_unit,
        "rare_tone": _best_tone_lift(p["tone"], priors["tone"], answers["tone"], shown),
        "coordinating_p": _best_helpers(p["coordinating"], answers["coordinating"], shown, chosen),
        "urgency_1": cuts[0],
        "urgency_2": cuts[1],
        "urgency_3": cuts[2],
        "auto_scope_p": _lowest_safe(scope_safe, shown == inside, settings.precision),
        "auto_topic_p": 0.5,
        "auto_unit_p": _lowest_safe(
            p["lead_unit"][np.arange(len(unit)), chosen][shown], (chosen == unit)[shown], settings.precision
        ),
    }


def policy_text(chosen: Mapping[str, float], *, settings: Settings) -> str:
    """The policy file of a model that decides by n-grams alone."""
    return TEMPLATE.format(**chosen, precision=settings.precision)


def careful_policy_text(
    chosen: Mapping[str, float], *, fast: Mapping[str, float], reread_p: float, settings: Settings
) -> str:
    """The policy file of a model with an encoder: `chosen` for its decisions, `fast` for those without it."""
    table = "\n".join(f"{name} = {fast[name]:.3f}" for name in WRITTEN)
    careful = CAREFUL.format(lost=f"{1000 * LOST:g}", reread_p=reread_p, fast=table)
    return policy_text(chosen, settings=settings) + careful


def choose_reread(inside_p: npt.NDArray[Any], answers: Mapping[str, npt.NDArray[Any]]) -> float:
    """From which in-scope probability of the n-grams (labels,), out of fold, the encoder must read an article."""
    topic, hot = answers["topic"], answers["urgency"] == 3
    inside = (topic != _OUT) & decided(topic)
    by_p = np.sort(inside_p[inside])
    allowed = by_p[int(LOST * len(by_p))] if len(by_p) else 0.0
    return float(min([SURELY_OUT, allowed, *inside_p[hot]]))


def held_out_probabilities(
    sums: npt.NDArray[np.float32],
    answers: Mapping[str, npt.NDArray[Any]],
    story: npt.NDArray[np.int64],
    *,
    settings: Settings,
) -> dict[str, npt.NDArray[np.float64]]:
    """Probabilities (labels, codes) by head, from first-layer scores out of fold and second layers of other stories.

    The second layer is fitted anew on other stories for every row, so no threshold is chosen on what it was fitted to.
    """
    p = {head.name: np.zeros((len(sums), len(head.codes))) for head in HEADS}
    parts = list(GroupKFold(settings.folds).split(sums, groups=story))
    layers = Parallel(n_jobs=settings.jobs)(
        delayed(fit_second_layer)(
            sums[rows], {name: answer[rows] for name, answer in answers.items()}, strength=settings.mixing
        )
        for rows, _ in parts
    )
    for (_, others), layer in zip(parts, layers, strict=True):
        for held_out, part in zip(p.values(), second_layer(sums[others], **layer), strict=True):
            held_out[others] = part
    return p


def _best(values: npt.NDArray[np.float64], quality: Any) -> float:
    return float(max(values, key=quality))


def _steadiest(thresholds: npt.NDArray[np.float64], quality: Any) -> float:
    """The best of thresholds 0.01 apart, each judged with its neighbours: quality is flat there, its peaks chance."""
    each = np.pad([quality(threshold) for threshold in thresholds], _NEIGHBOURS, mode="edge")
    smooth = np.convolve(each, np.ones(2 * _NEIGHBOURS + 1), mode="valid")
    return float(thresholds[smooth.argmax()])


def _best_lift(p: Any, priors: Any, answers: Any, inside: Any) -> float:
    """Strength of favouring rare classes with the best mean of accuracy and macro-F1 among in-scope rows."""

    def quality(strength: float) -> float:
        guess = lift(p, priors, strength)[inside].argmax(axis=1)
        return float((guess == answers[inside]).mean() + f1_score(answers[inside], guess, average="macro"))

    return _best(np.linspace(0, 0.5, 11), quality)


def _best_scope(p: Any, inside: Any, named: Any, topic: Any) -> float:
    """Threshold of scope with the best sum of its F1 and of the final topic's accuracy: a doubtful item costs both."""

    def quality(threshold: float) -> float:
        shown = p >= threshold
        return float(f1_score(inside, shown) + (np.where(shown, named, _OUT) == topic).mean())

    return _steadiest(np.linspace(0.3, 0.7, 41), quality)


def _best_tone_lift(p: Any, priors: Any, answers: Any, shown: Any) -> float:
    """Strength of favouring rare tones with the best macro-F1; out of scope the tone is neutral, column 1."""

    def quality(strength: float) -> float:
        guess = np.where(shown, lift(p, priors, strength).argmax(axis=1), 1)
        return float(f1_score(answers, guess, average="macro"))

    return _best(np.linspace(0, 1, 11), quality)


def _best_cuts(mean: Any, level: Any) -> list[float]:
    """Cut points on the expected level by coordinate ascent on the quadratic kappa."""
    cuts = [0.5, 1.5, 2.3]
    for _ in range(3):
        for i in range(3):
            low = cuts[i - 1] + 0.05 if i else 0.05
            high = cuts[i + 1] - 0.05 if i < 2 else 2.9

            def quality(cut: float, i: int = i) -> float:
                tried = [*cuts[:i], cut, *cuts[i + 1 :]]
                return float(cohen_kappa_score(level, np.searchsorted(tried, mean, side="right"), weights="quadratic"))

            cuts[i] = _best(np.append(np.arange(low, high, 0.025), cuts[i]), quality)
    return cuts


def _best_helpers(p: Any, answers: Any, shown: Any, lead: Any) -> float:
    """Threshold of coordinating units with the best micro-F1 of what is shown: at most three, never the lead."""

    def quality(threshold: float) -> float:
        picked = (p >= threshold) & shown[:, None]
        picked[np.arange(len(lead)), lead] = False
        last = np.sort(np.where(picked, p, 0), axis=1)[:, -MAX_COORDINATING]
        picked &= p >= last[:, None]
        both = (picked & (answers == 1)).sum()
        return float(2 * both / max(1, picked.sum() + answers.sum()))

    return _steadiest(np.linspace(0.1, 0.6, 51), quality)


def _lowest_safe(p: Any, right: Any, precision: float) -> float:
    """The lowest threshold from which on at least `precision` of the rows are right; 1 where there is none."""
    order = np.argsort(-p, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(p) + 1)
    safe = np.flatnonzero(share >= precision)
    return float(p[order[safe[-1]]]) if len(safe) else 1.0
