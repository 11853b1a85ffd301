"""run(): the one call that the API, the command line, the batch scorer and the notebooks make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from nlp.careful import Careful, reread
from nlp.clean import clean
from nlp.deadlines import Deadlines, Due, local
from nlp.evidence import evidence as find_evidence
from nlp.features import featurize
from nlp.heads import OTHER_ENTERPRISE
from nlp.organisation import ENTERPRISE, OUTSIDE, Holder, Organisation
from nlp.policy import Policy, doubts
from nlp.router import propose
from nlp.score import Model, score
from nlp.types import Article, Decision, Phrase, Probabilities, Proposal, Text

NO_NAME = " | "
"""Stands between title and lead: no name runs on from one to the other."""


@dataclass(frozen=True, slots=True)
class Engine:
    """All that a decision depends on besides the article and the day: replaying with the same engine gives the same.

    `priors`: class shares of the training labels by head, see `nlp.router.propose`. Without `careful` the n-grams
    decide alone.
    """

    model: Model
    policy: Policy
    priors: dict[str, Probabilities]
    organisation: Organisation
    deadlines: Deadlines
    careful: Careful | None = None

    def fast(self) -> Engine:
        """The same engine without its encoder, under the thresholds of its policy for that."""
        return replace(self, careful=None, policy=self.policy.for_fast())


def run(
    articles: Sequence[Article],
    *,
    engine: Engine,
    at: date | None = None,
    received: datetime | None = None,
    evidence: bool = True,
) -> list[Decision]:
    """Route `articles`; one decision an article, order kept.

    `received` is when the caller got the articles; it counts for those that bear no date, and for no other.
    The units are those of the day `at`; without it, of the article's own day; else of the day of `received`; else of
    the latest decree. An article from before the first decree gets the units of that decree's first day, and a reason
    to look. Due times run from the article's own moment, else from `received`; with neither there are none.
    `evidence=False` spares the search for the phrases that carried the decision.

    Raises:
        ArticleTooLong: an article is longer than MAX_ARTICLE_CHARS; nothing was decided.
        OrganisationError: `at`, or the day of `received`, lies before the first decree.
    """
    organisation = engine.organisation
    given = at or (local(received).date() if received else organisation.latest_decree_day)
    organisation.at(given)
    texts = [clean(article) for article in articles]
    matrix = featurize(texts)
    scores, traces = score(matrix, model=engine.model)
    if engine.careful:
        scores = reread(texts, scores, traces.sums, careful=engine.careful, from_p=engine.policy.reread_p)
    proposals = propose(scores, policy=engine.policy, priors=engine.priors)
    phrases: list[tuple[Phrase, ...]] = [()] * len(texts)
    if evidence:
        phrases = find_evidence(texts, proposals, matrix=matrix, traces=traces, model=engine.model)
    decisions = []
    for text, proposal, carriers, syllables in zip(texts, proposals, phrases, matrix.syllables.tolist(), strict=True):
        published = text.article.published_at
        day = local(published).date() if published and at is None else given
        reasons = doubts(proposal, text.repairs, policy=engine.policy, syllables=syllables)
        decisions.append(_decide(text, proposal, reasons, carriers, day=day, received=received, engine=engine))
    return decisions


def _decide(
    text: Text,
    proposal: Proposal,
    reasons: tuple[str, ...],
    phrases: tuple[Phrase, ...],
    *,
    day: date,
    received: datetime | None,
    engine: Engine,
) -> Decision:
    """Say who holds on `day` what was proposed, by when they must answer, and why a person must look."""
    organisation = engine.organisation
    if day < organisation.first_day:
        reasons = (*reasons, _too_early(day, organisation.first_day))
        day = organisation.first_day
    holders = holders_of(proposal, text, organisation=organisation, day=day)
    reasons = (*reasons, *_outside(proposal, holders))
    published = text.article.published_at
    return Decision(
        article=text.article,
        proposal=proposal,
        repairs=text.repairs,
        needs_human=bool(reasons),
        reasons=reasons,
        evidence=phrases,
        day=day,
        holders=holders,
        deadlines=_due_times(proposal, holders, published, received, deadlines=engine.deadlines),
        model=engine.model.version,
    )


def holders_of(proposal: Proposal, text: Text, *, organisation: Organisation, day: date) -> dict[str, Holder]:
    """Who holds on `day` the competences that `proposal` speaks of, by code.

    "Another enterprise" is the one that title and lead name, else the body, where it is exactly one.
    """
    if proposal.lead_unit is None:
        return {}
    structure, topic = organisation.at(day), proposal.topic.code
    choices = (proposal.lead_unit, *proposal.coordinating_units, proposal.runner_up)
    found = {choice.code: structure.holder(choice.code, topic) for choice in choices if choice}
    if OTHER_ENTERPRISE in found:
        named = organisation.named(OTHER_ENTERPRISE, (f"{text.title}{NO_NAME}{text.lead}", text.body), at=day)
        found[OTHER_ENTERPRISE] = named or found[OTHER_ENTERPRISE]
    return found


def _due_times(
    proposal: Proposal,
    holders: Mapping[str, Holder],
    published: datetime | None,
    received: datetime | None,
    *,
    deadlines: Deadlines,
) -> tuple[Due, ...]:
    """By when what must be done; nothing out of scope, or where no moment is known that the clock could start at."""
    start = deadlines.clock_start(published, received=received)
    if proposal.lead_unit is None or start is None:
        return ()
    lead = holders[proposal.lead_unit.code]
    return deadlines.of_item(
        urgency=proposal.urgency,
        lead_is_enterprise=lead.kind == ENTERPRISE and lead.under_ministry,
        start=start,
    )


def _outside(proposal: Proposal, holders: Mapping[str, Holder]) -> tuple[str, ...]:
    """A body outside the ministry cannot be told to answer: somebody must find who in the ministry does."""
    if proposal.lead_unit is None or (lead := holders[proposal.lead_unit.code]).kind != OUTSIDE:
        return ()
    return (f"chủ trì là {lead.name}, ngoài Bộ: chưa rõ đơn vị nào của Bộ trả lời",)


def _too_early(day: date, first_day: date) -> str:
    own, named = day.strftime("%d/%m/%Y"), first_day.strftime("%d/%m/%Y")
    return f"bài ngày {own}, trước dữ liệu tổ chức: tên đơn vị là của {named}"
