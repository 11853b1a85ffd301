"""Two models side by side: what they were made of, and the words by which they decide."""

from __future__ import annotations

from typing import Any

from models.compare import made_of, words
from nlp.types import Article

OLD = {"version": "r2-a", "data_fingerprint": "0" * 64, "rows": 10, "ngrams": 5, "settings": {"c": 1.5, "jobs": 2}}
NEW = {**OLD, "version": "r2-b", "data_fingerprint": "1" * 64, "rows": 12, "corrections": 2,
       "settings": {"c": 1.0, "jobs": 4, "seed": 0}}  # fmt: skip


def test_facts_and_settings_stand_side_by_side_also_where_one_model_lacks_them() -> None:
    found = {one.what: (one.champion, one.candidate) for one in made_of(OLD, NEW)}

    assert found["rows"] == ("10", "12")
    assert found["corrections"] == ("0", "2")
    assert found["data_fingerprint"] == ("0" * 12, "1" * 12)
    assert (found["c"], found["seed"]) == (("1.5", "1.0"), ("–", "0"))


def test_what_is_the_same_says_so_and_the_number_of_processes_is_left_out() -> None:
    found = {one.what: one.is_same for one in made_of(OLD, NEW)}

    assert (found["ngrams"], found["rows"]) == (True, False)
    assert "jobs" not in found


def test_the_words_of_a_decision_are_those_of_the_article_and_come_once(trained: Any) -> None:
    article = Article("a", "Trạm biến áp điện lực mất điện", "Trạm biến áp", "cắt điện đường dây lưới điện")

    (found,) = words([article], engine=trained.engine)

    phrases = found.split(", ")
    assert len(set(phrases)) == len(phrases) > 0
    text = f"{article.title} {article.lead} {article.body}".lower()
    assert all(phrase in text for phrase in phrases)
