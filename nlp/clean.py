"""Article -> Text: the first of the five verbs. Clean articles, nearly all, cost one compiled pass and no copy."""

from __future__ import annotations

from nlp.errors import ArticleTooLong
from nlp.types import MAX_ARTICLE_CHARS, ZONE_SEPARATOR, ZONES, Article, Codes, Repair, Text
from nlp.vietnamese.repair import repair_all
from nlp.vietnamese.scan import TABLES, encode, scan

_SEPARATORS = len(ZONES) - 1


def clean(article: Article) -> Text:
    """Repair the Vietnamese of an article and say what was repaired; the article itself is kept as given.

    `Text.codes` is read-only. Raises ArticleTooLong over MAX_ARTICLE_CHARS code points.
    """
    title, lead, body = article.title, article.lead, article.body
    if article.chars > MAX_ARTICLE_CHARS:
        raise ArticleTooLong(article_id=article.id, length=article.chars, limit=MAX_ARTICLE_CHARS)
    codes = encode(f"{title}{ZONE_SEPARATOR}{lead}{ZONE_SEPARATOR}{body}")
    if not scan(codes, TABLES, _SEPARATORS):
        return Text(article, title, lead, body, codes)
    return _repaired(article, codes)


def _repaired(article: Article, codes: Codes) -> Text:
    given = (article.title, article.lead, article.body)
    title, lead, body = repaired = repair_all(given)
    repairs = tuple(
        Repair(zone, kind, count) for zone, result in zip(ZONES, repaired, strict=True) for kind, count in result.faults
    )
    if any(result.offsets is not None for result in repaired):
        codes = encode(ZONE_SEPARATOR.join(result.text for result in repaired))
    offsets = (title.offsets, lead.offsets, body.offsets)
    return Text(article, title.text, lead.text, body.text, codes, repairs, offsets)
