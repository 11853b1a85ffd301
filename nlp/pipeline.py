"""run(): the one call that the API, the command line, the batch scorer and the notebooks make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from nlp.clean import clean
from nlp.evidence import evidence as find_evidence
from nlp.features import featurize
from nlp.organisation import Organisation
from nlp.policy import Policy, doubts
from nlp.router import propose
from nlp.score import Model, score
from nlp.types import Article, Decision, Phrase, Probabilities


@dataclass(frozen=True, slots=True)
class Engine:
    """All that a decision depends on besides the article and the day: replaying with the same engine gives the same.

    `priors`: class shares of the training labels by head, see `nlp.router.propose`.
    """

    model: Model
    policy: Policy
    priors: dict[str, Probabilities]
    organisation: Organisation


def run(
    articles: Sequence[Article], *, engine: Engine, at: date | None = None, evidence: bool = True
) -> list[Decision]:
    """Route `articles`; one decision an article, order kept.

    Units bear the names of the day `at`; without it, of the article's own day, else of the guideline (2016).
    `evidence=False` spares the search for the phrases that carried the decision.

    Raises:
        ArticleTooLong: an article is longer than MAX_ARTICLE_CHARS; nothing was decided.
    """
    texts = [clean(article) for article in articles]
    matrix = featurize(texts)
    scores, traces = score(matrix, model=engine.model)
    proposals = propose(scores, policy=engine.policy, priors=engine.priors)
    names: dict[date | None, Mapping[str, str]] = {}
    decisions = []
    for row, (text, proposal) in enumerate(zip(texts, proposals, strict=True)):
        syllables = int(matrix.syllables[row])
        reasons = doubts(proposal, text.repairs, policy=engine.policy, syllables=syllables)
        phrases: tuple[Phrase, ...] = ()
        if evidence:
            phrases = find_evidence(text, proposal, article=row, matrix=matrix, traces=traces, model=engine.model)
        published = text.article.published_at
        day = at or (published.date() if published else None)
        if day not in names:
            names[day] = engine.organisation.names(day)
        decisions.append(
            Decision(
                article=text.article,
                proposal=proposal,
                repairs=text.repairs,
                needs_human=bool(reasons),
                reasons=reasons,
                evidence=phrases,
                unit_names=names[day],
                model=engine.model.version,
            )
        )
    return decisions
