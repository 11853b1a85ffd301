"""The labelled real articles that most measurements need."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from models.data import Label, default_labels, load_articles, load_labels
from nlp.types import Article


def labelled_articles() -> tuple[list[Label], dict[str, Article]]:
    """All labels and their articles by id, from the folder that DIEMBAO_CORPORA names; ends the program without one."""
    corpora = os.environ.get("DIEMBAO_CORPORA")
    if not corpora:
        sys.exit("DIEMBAO_CORPORA names no folder: this measurement needs the real articles")
    labels = load_labels(default_labels())
    return labels, load_articles(Path(corpora), [label.id for label in labels])
