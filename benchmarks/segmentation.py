"""Does word segmentation pay? `python -m benchmarks.segmentation` trains the same support vector machine on both.

Needs DIEMBAO_CORPORA. The same labelled articles (title, lead, 750 characters of the body), the same TF-IDF of one
and two units, once over syllables, once over underthesea's words; dev split, topic and lead unit; and the cost of each.
"""

from __future__ import annotations

import time

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score, f1_score
from sklearn.svm import LinearSVC
from underthesea import word_tokenize

from benchmarks.articles import labelled_articles

OPENING = 750
WORD = r"(?u)\b\w+\b"


def main() -> None:
    """Print accuracy and macro-F1 by head and kind of unit, and microseconds an article."""
    labels, articles = labelled_articles()
    given = [articles[label.id] for label in labels]
    plain = ["\n".join((a.title, a.lead, a.body[:OPENING])) for a in given]
    start = time.perf_counter()
    words = [word_tokenize(text, format="text") for text in plain]
    cost = (time.perf_counter() - start) / len(plain)
    length = sum(map(len, plain)) / len(plain)
    print(f"underthesea.word_tokenize: {1e6 * cost:.0f} µs an article of {length:.0f} characters")
    train = [i for i, label in enumerate(labels) if label.split != "dev"]
    dev = [i for i, label in enumerate(labels) if label.split == "dev"]
    for unit, texts in (("syllables", plain), ("words", words)):
        vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, token_pattern=WORD)
        X, X_dev = vectorizer.fit_transform([texts[i] for i in train]), vectorizer.transform([texts[i] for i in dev])
        for head in ("topic", "lead"):
            y = [getattr(labels[i], head) for i in train]
            gold = [getattr(labels[i], head) for i in dev]
            guess = LinearSVC(class_weight="balanced", tol=0.01).fit(X, y).predict(X_dev)
            macro = f1_score(gold, guess, average="macro", labels=sorted(set(gold)), zero_division=0)
            print(f"{unit:10s} {head:6s} accuracy {accuracy_score(gold, guess):.3f}  macro-F1 {macro:.3f}", flush=True)


if __name__ == "__main__":
    main()
