"""Does the queue teach faster than chance? Learning curves over labels that were there all along.

`python -m benchmarks.queue --work FOLDER`: the train split is the pool, its labels hidden until picked; from 1,000
random labels on, the queue (`models.queue`) and random order each pick batches, a model is trained on what was picked
alone, and its topic and lead unit are measured on the dev split. Needs DIEMBAO_CORPORA for the first run; features and
every finished step are kept in FOLDER (no text among them), so a stopped run goes on.

The model is the first layer of the recipe (`models.layers.first_layer` over `models.design`, articles as written) for
the heads topic and lead unit, without the second layer and the other heads: a tenth of the cost. Its probabilities are
a softmax over its margins. Both orders are measured with it alike.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt

from models.data import groups
from models.design import vocabulary
from models.evaluate import macro_f1
from models.experiment import split_labels
from models.layers import Settings, first_layer, targets
from models.queue import Pool, QueueSettings, pick
from nlp.clean import clean
from nlp.features import Matrix, featurize
from nlp.heads import HEADS, NO_UNIT, OUT_OF_SCOPE

START = 1000
STEPS = (1700, 2400, 3100, 3800, 4531)
"""Sizes after each batch; the last is 60 % of the pool of 7,552."""
SHARPNESS = 3.0
"""What margins are multiplied by under the softmax; log-likelihood of the labels not picked is best near it."""
NUMBERS = ("topic_acc", "topic_mf1", "lead_acc", "lead_mf1")
TOPIC, LEAD = HEADS[0], HEADS[1]
OUT, NONE = TOPIC.codes.index(OUT_OF_SCOPE), LEAD.codes.index(NO_UNIT)
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class World:
    """Features, answers and stories of the pool (the first `size` rows) and of the dev split (the rest).

    `matrix` lacks n-grams of so few articles that no choice of rows can teach them; `ngrams` counts all of a row.
    """

    matrix: Matrix
    ngrams: Rows
    topic: Rows
    lead: Rows
    story: Rows
    size: int


def load_world(work: Path) -> World:
    """From the folder, else from the corpora, which takes half a minute."""
    file = work / "features.npz"
    if not file.exists():
        from benchmarks.articles import labelled_articles

        labels, articles = labelled_articles()
        split = split_labels(labels, articles)
        chosen = [*split.train, *split.dev]
        texts = [articles[label.id] for label in chosen]
        matrix, answers = featurize([clean(text) for text in texts]), targets(chosen)
        ngrams, matrix = np.diff(matrix.starts), learnable(matrix)
        work.mkdir(parents=True, exist_ok=True)
        np.savez(
            file, keys=matrix.keys, values=matrix.values, spans=matrix.spans, starts=matrix.starts,
            syllables=matrix.syllables, ngrams=ngrams, topic=answers["topic"], lead=answers["lead_unit"],
            story=np.asarray(groups(texts)), size=len(split.train),
        )  # fmt: skip
    with np.load(file) as kept:
        matrix = Matrix(*(kept[field.name] for field in fields(Matrix)))
        return World(matrix, kept["ngrams"], kept["topic"], kept["lead"], kept["story"], int(kept["size"]))


def learnable(matrix: Matrix) -> Matrix:
    """The matrix without the n-grams that too few of its articles hold."""
    _, of, counts = np.unique(matrix.keys, return_inverse=True, return_counts=True)
    kept = counts[of] >= Settings().min_documents
    starts = np.concatenate([[0], np.cumsum(kept)])[matrix.starts]
    return Matrix(matrix.keys[kept], matrix.values[kept], matrix.spans[kept], starts, matrix.syllables)


def rows_of(matrix: Matrix, rows: Rows) -> Matrix:
    """The matrix of some rows."""
    sizes = np.diff(matrix.starts)[rows]
    entries = np.concatenate([np.arange(matrix.starts[row], matrix.starts[row + 1]) for row in rows])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    return Matrix(matrix.keys[entries], matrix.values[entries], matrix.spans[entries], starts, matrix.syllables[rows])


def learn(world: World, rows: Rows) -> tuple[Any, Any, Any]:
    """Train on `rows` alone: margins of topic and lead unit, and the known share, of every row of the world."""
    known = vocabulary([rows_of(world.matrix, rows)], min_documents=Settings().min_documents)
    X = known.design(world.matrix)
    share = np.diff(X.indptr) / np.maximum(1, world.ngrams)
    margins = []
    for head, answers in ((TOPIC, world.topic), (LEAD, world.lead)):
        weights, bias = first_layer(X[rows], head, answers[rows], Settings())
        margins.append(np.asarray(X @ weights + bias))
    return margins[0], margins[1], share


def measure(world: World, topic: Any, lead: Any) -> dict[str, float]:
    """Numbers of the dev split; an article decided out of scope has no lead unit, any other has one."""
    dev = slice(world.size, None)
    given = topic[dev].argmax(axis=1)
    led = np.where(given == OUT, NONE, lead[dev][:, :NONE].argmax(axis=1))
    gold, unit = world.topic[dev], world.lead[dev]
    return {
        "topic_acc": float((given == gold).mean()),
        "topic_mf1": macro_f1(gold, given, np.unique(gold)),
        "lead_acc": float((led == unit).mean()),
        "lead_mf1": macro_f1(unit, led, np.unique(unit)),
    }


def next_batch(world: World, model: tuple[Any, Any, Any], picked: Rows, count: int, seed: int) -> Rows:
    """What the queue asks for."""
    topic, lead, share = (part[: world.size] for part in model)
    labelled = np.zeros(world.size, bool)
    labelled[picked] = True
    pool = Pool(
        topic=_softmax(topic),
        lead_unit=_softmax(lead),
        known_share=share,
        story=world.story[: world.size],
        labelled=labelled,
        topic_prior=_shares(world.topic[picked], len(TOPIC.codes)),
        lead_prior=_shares(world.lead[picked], len(LEAD.codes)),
    )
    return np.array([one.row for one in pick(pool, count=count, settings=QueueSettings(seed=seed))])


def _softmax(margins: Any) -> Any:
    e = np.exp(SHARPNESS * (margins - margins.max(axis=1, keepdims=True)))
    return e / e.sum(axis=1, keepdims=True)


def _shares(answers: Rows, size: int) -> Any:
    counts = np.bincount(answers, minlength=size) + 1
    return counts / counts.sum()


def curve(world: World, order: str, seed: int) -> Iterator[dict[str, Any]]:
    """One learning curve, step by step; both orders of a seed start from the same random labels."""
    shuffled = np.random.default_rng(seed).permutation(world.size)
    picked = shuffled[:START]
    model = learn(world, picked)
    yield {"order": order, "seed": seed, "size": START, **measure(world, *model[:2])}
    for size in STEPS:
        if order == "random":
            picked = shuffled[:size]
        else:
            picked = np.concatenate([picked, next_batch(world, model, picked, size - len(picked), seed)])
        model = learn(world, picked)
        yield {"order": order, "seed": seed, "size": len(picked), **measure(world, *model[:2])}


def finished(file: Path) -> list[dict[str, Any]]:
    """The steps that an earlier run left; a half-written last line is dropped."""
    steps = []
    for line in file.read_text("utf-8").splitlines() if file.exists() else ():
        try:
            steps.append(json.loads(line))
        except ValueError:
            continue
    return steps


def run(world: World, file: Path, seeds: int) -> list[dict[str, Any]]:
    """Every curve that is not whole in `file` yet."""
    steps = finished(file)
    begun = time.monotonic()
    with file.open("a", encoding="utf-8") as out:
        if not any(step["order"] == "all" for step in steps):
            model = learn(world, np.arange(world.size))
            steps.append({"order": "all", "seed": 0, "size": world.size, **measure(world, *model[:2])})
            out.write(json.dumps(steps[-1]) + "\n")
        for seed in range(seeds):
            for order in ("queue", "random"):
                if sum((step["order"], step["seed"]) == (order, seed) for step in steps) > len(STEPS):
                    continue
                steps = [step for step in steps if (step["order"], step["seed"]) != (order, seed)]
                for step in curve(world, order, seed):
                    steps.append(step)
                    out.write(json.dumps(step) + "\n")
                    out.flush()
                    shown = " ".join(f"{name} {step[name]:.3f}" for name in NUMBERS)
                    seconds = time.monotonic() - begun
                    print(f"{seconds:5.0f} s  {order:6s} seed {seed} {step['size']:5d}  {shown}", flush=True)
    return steps


def print_table(steps: list[dict[str, Any]]) -> None:
    """Mean and half range over the seeds of each number, by size, and the difference of the two orders."""
    (whole,) = [step for step in steps if step["order"] == "all"][:1]
    print("all labels: " + " ".join(f"{name} {whole[name]:.3f}" for name in NUMBERS))
    # A curve that was cut and begun anew stands twice in the file with the same numbers.
    table = {(step["order"], step["seed"], at): step for step in steps if (at := _nearest(step["size"]))}
    seeds = sorted({seed for order, seed, _ in table if order != "all"})
    if not seeds:
        return
    for size in (START, *STEPS):
        for name in NUMBERS:
            queue, chance = (
                np.array([table[order, seed, size][name] for seed in seeds]) for order in ("queue", "random")
            )
            ahead = queue - chance
            print(
                f"{size:5d} {name:10s} queue {queue.mean():.3f} ±{np.ptp(queue) / 2:.3f}  random {chance.mean():.3f} "
                f"±{np.ptp(chance) / 2:.3f}  ahead {ahead.mean():+.3f} ({(ahead > 0).sum()} of {len(seeds)} seeds)"
            )


def _nearest(size: int) -> int:
    """The step a size belongs to; the queue falls short of a step where stories run out."""
    return min((START, *STEPS), key=lambda step: abs(step - size))


@click.command(help=__doc__)
@click.option("--work", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--seeds", default=3, show_default=True)
def main(work: Path, seeds: int) -> None:
    world = load_world(work)
    print_table(run(world, work / "curves.jsonl", seeds))


if __name__ == "__main__":
    main()
