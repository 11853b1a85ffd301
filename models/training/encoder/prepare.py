"""Articles and labels -> what a training of the encoder reads; the one part of it that needs texts.

`python -m models.training.encoder.prepare --corpora DIR --out FOLDER` writes start.npz (cut weights), tokenizer.json,
pack.xz and ids.txt (the article behind every row). What stands in FOLDER already is kept: an interrupted run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from sklearn.model_selection import GroupKFold

from models.artifacts import load_engine
from models.data import HEADLINE, TEXT_COLUMNS, CorpusError, Label, default_labels, groups, leaks, load_articles
from models.data import load_labels as read_labels
from models.layers import UNDECIDED
from models.layers import targets as answers_of
from models.training.encoder import e5, pack, quantised, vocabulary
from models.training.encoder.pack import DEV, LEVELS, NOT_LABELLED, OUTPUTS, Pack
from nlp.clean import clean
from nlp.encoder.tokens import Tokens, Zones, tokenise
from nlp.features import featurize
from nlp.heads import HEADS, N_OUTPUTS, OUT_OF_SCOPE, TOPICS
from nlp.score import score
from nlp.types import Article, Text

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from nlp.pipeline import Engine

LEAST = 10
"""A piece must occur this often in the articles to stay in the vocabulary."""
READ_CHARS = 12_000
"""Of a body: more than any training reads."""
AT_ONCE = 1000
MAX_TOKENS = 256
LIKELY, POOL = 80_000, 135_000
"""The pool: so many articles that are likeliest in scope, and so many in all, the rest by chance."""
FOLDS = 5
_OUT = tuple(TOPICS).index(OUT_OF_SCOPE)

Say = Callable[[str], None]


class Corpus(NamedTuple):
    """All articles in the order of the files, our headlines last: ids, tokens, and how likely each is in scope."""

    ids: list[str]
    tokens: Tokens
    inside: npt.NDArray[np.float32]


def from_labels(labels: Sequence[Label]) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.bool_]]:
    """Targets (labels, OUTPUTS) and which heads are decided (labels, heads)."""
    answers = answers_of(labels)
    out = np.zeros((len(labels), OUTPUTS), np.float16)
    known = np.zeros((len(labels), len(HEADS)), bool)
    start = 0
    for number, head in enumerate(HEADS):
        size, given = len(head.codes), answers[head.name]
        known[:, number] = (given.reshape(len(labels), -1) != UNDECIDED).all(axis=1)
        rows = np.flatnonzero(known[:, number])
        if head.multi:
            out[rows, start : start + size] = given[rows]
        else:
            out[rows, start + given[rows]] = 1
        start += size
    out[:, N_OUTPUTS:] = answers["urgency"][:, None] >= np.arange(1, LEVELS + 1)
    return out, known


def texts(corpora: Path, say: Say) -> Iterator[list[Text]]:
    """The repaired articles of every Parquet file of `corpora`, AT_ONCE at a time. Raises CorpusError where none is."""
    files = sorted(corpora.glob("*.parquet"))
    if not files:
        raise CorpusError(f"{corpora}: không có tệp Parquet nào; tạo bằng: diembao corpora import")
    for file in files:
        parquet, done = pq.ParquetFile(file), 0
        for batch in parquet.iter_batches(AT_ONCE, columns=list(TEXT_COLUMNS)):
            rows = batch.to_pylist()
            yield [
                clean(Article(r["id"], r["title"] or "", r["lead"] or "", (r["body"] or "")[:READ_CHARS])) for r in rows
            ]
            done += len(rows)
            say(f"{file.name}: {done:,} of {parquet.metadata.num_rows:,}")


def zones(text: Text) -> Zones:
    """Title, lead and body."""
    return text.title, text.lead, text.body


def cut_vocabulary(corpora: Path, say: Say) -> e5.Pretrained:
    """The pretrained encoder with the pieces that the articles use."""
    pretrained = e5.read(e5.bundled_file())
    tokenizer = vocabulary.make_tokenizer(pretrained.pieces, pretrained.scores)
    batches = ([zone for text in part for zone in zones(text)] for part in texts(corpora, say))
    return vocabulary.cut(pretrained, vocabulary.count(batches, tokenizer), least=LEAST)


def read_corpus(corpora: Path, headlines: Sequence[Article], tokenizer: Tokenizer, engine: Engine, say: Say) -> Corpus:
    """Tokens of all articles, and what the released n-gram model thinks of their scope."""
    ids: list[str] = []
    parts: list[Tokens] = []
    inside: list[npt.NDArray[np.float32]] = []
    ours = [clean(article) for article in headlines]
    for chunk in chain(texts(corpora, say), [ours] if ours else []):
        ids += [text.article.id for text in chunk]
        parts.append(tokenise([zones(text) for text in chunk], tokenizer=tokenizer, max_tokens=MAX_TOKENS))
        scores, _ = score(featurize(chunk), model=engine.model)
        inside.append(1 - scores.topic[:, _OUT])
    tokens = Tokens(np.concatenate([part.flat for part in parts]), np.concatenate([part.sizes for part in parts]))
    return Corpus(ids, tokens, np.concatenate(inside))


def make_pack(corpus: Corpus, labels: Sequence[Label], articles: Mapping[str, Article], *, seed: int = 0) -> Pack:
    """Put labels to their articles: folds by story; what repeats a dev article's words loses its label."""
    row_of = {article: row for row, article in enumerate(corpus.ids)}
    dev = [label for label in labels if label.split == "dev"]
    train = [label for label in labels if label.split != "dev"]
    leaked = {id for id, _ in leaks([articles[one.id] for one in train], [articles[one.id] for one in dev])}
    train = [label for label in train if label.id not in leaked]
    fold = np.full(len(corpus.ids), NOT_LABELLED, np.int8)
    fold[[row_of[label.id] for label in dev]] = DEV
    story = groups([articles[label.id] for label in train])
    for number, (_, others) in enumerate(GroupKFold(FOLDS, shuffle=True, random_state=seed).split(train, groups=story)):
        fold[[row_of[train[place].id] for place in others]] = number
    targets, known = from_labels(sorted([*train, *dev], key=lambda label: row_of[label.id]))
    return Pack(corpus.tokens, fold, _pool(corpus, fold, seed), targets, known)


def _pool(corpus: Corpus, fold: npt.NDArray[np.int8], seed: int) -> npt.NDArray[np.bool_]:
    pool = fold > DEV
    free = np.flatnonzero(fold == NOT_LABELLED)
    likely = free[np.argsort(-corpus.inside[free], kind="stable")[: max(0, LIKELY - pool.sum())]]
    pool[likely] = True
    others = np.random.default_rng(seed).permutation(free[~pool[free]])
    pool[others[: max(0, POOL - pool.sum())]] = True
    return pool


@click.command(help=__doc__)
@click.option("--corpora", type=click.Path(path_type=Path, file_okay=False, exists=True), required=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
def main(corpora: Path, out: Path) -> None:
    from tokenizers import Tokenizer

    out.mkdir(parents=True, exist_ok=True)
    start, table = out / "start.npz", out / "tokenizer.json"
    say: Say = lambda what: click.echo(what, err=True)  # noqa: E731 - a name for what is handed on
    if not (start.exists() and table.exists()):
        pretrained = cut_vocabulary(corpora, say)
        vocabulary.make_tokenizer(pretrained.pieces, pretrained.scores).save(str(table))
        quantised.write(start, pretrained.arrays)
    labels = read_labels(default_labels())
    articles = load_articles(corpora, [label.id for label in labels])
    headlines = [articles[label.id] for label in labels if label.stratum == HEADLINE]
    corpus = read_corpus(corpora, headlines, Tokenizer.from_file(str(table)), load_engine(), say)
    pack.save(make_pack(corpus, labels, articles), out / "pack.xz")
    (out / "ids.txt").write_text("\n".join(corpus.ids) + "\n", "utf-8")


if __name__ == "__main__":
    main()
