"""Articles of requests that come in together are routed in one call, and nobody notices."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date

import pytest

from nlp.types import Article
from serve.api.bodies import Asked
from serve.api.together import AT_ONCE, Together

ASKED = Asked()


class Answers:
    """Answers with the id and what was asked; notes the size of each call; refuses articles called "bad"."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def __call__(self, articles: Sequence[Article], asked: Asked) -> list[bytes]:
        self.sizes.append(len(articles))
        if any(article.title == "bad" for article in articles):
            raise RuntimeError("this one article")
        return [f"{article.id} {asked.at}".encode() for article in articles]


async def ask(together: Together, *articles: Article, asked: Asked = ASKED) -> list[bytes | BaseException]:
    return await asyncio.gather(*(together.record(one, asked) for one in articles), return_exceptions=True)


def numbered(count: int) -> list[Article]:
    return [Article(id=str(number), title="Giá xăng") for number in range(count)]


def test_each_gets_its_own_record_of_few_calls() -> None:
    answers = Answers()

    records = asyncio.run(ask(Together(answers), *numbered(2 * AT_ONCE + 1)))

    assert records == [f"{number} None".encode() for number in range(2 * AT_ONCE + 1)]
    assert answers.sizes == [AT_ONCE, AT_ONCE, 1]


def test_an_article_alone_does_not_wait_for_others() -> None:
    answers = Answers()

    assert asyncio.run(ask(Together(answers), *numbered(1))) == [b"0 None"]


def test_those_who_ask_for_another_day_get_it() -> None:
    async def both() -> list[bytes]:
        together = Together(Answers())
        then = Asked(at=date(2018, 5, 1))
        article = numbered(1)[0]
        return await asyncio.gather(together.record(article, ASKED), together.record(article, then))

    assert asyncio.run(both()) == [b"0 None", b"0 2018-05-01"]


def test_an_article_that_fails_harms_no_neighbour() -> None:
    first, second = numbered(2)

    records = asyncio.run(ask(Together(Answers()), first, Article(id="x", title="bad"), second))

    assert records[0] == b"0 None"
    assert records[2] == b"1 None"
    with pytest.raises(RuntimeError, match="this one article"):
        raise records[1]  # type: ignore[misc]


def test_a_request_that_was_cancelled_costs_the_others_nothing() -> None:
    async def one_leaves() -> list[bytes | BaseException]:
        together = Together(answers)
        tasks = [asyncio.ensure_future(together.record(one, ASKED)) for one in numbered(3)]
        asyncio.get_running_loop().call_soon(tasks[1].cancel)  # after all have come, before they are routed
        return await asyncio.gather(*tasks, return_exceptions=True)

    answers = Answers()

    records = asyncio.run(one_leaves())

    assert records[::2] == [b"0 None", b"2 None"]
    assert isinstance(records[1], asyncio.CancelledError)
