from __future__ import annotations

import pytest

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Báo Sông</title>
<item><title>Chợ nổi &amp; bến ghe</title><link>https://song.example/1</link><guid>s-1</guid>
<description><![CDATA[<a href="x"><img src="http://127.0.0.1:9/a.jpg"></a><br>
Ghe về <b>đông</b>.<script>TRACKING()</script>]]></description>
<content:encoded><![CDATA[<p>Sáng sớm bà con ra chợ.</p><p>Giá dưa ổn định.</p>]]></content:encoded>
<pubDate>Tue, 24 May 2016 07:30:00 +0700</pubDate></item>
<item><title>Vải đầu mùa</title><link>https://song.example/2</link><description>Rời vườn từ sớm.</description>
<pubDate>24/5/2016 08:00</pubDate></item>
<item><title>Tin không ngày</title></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Báo Đồng</title>
<entry><id>tag:dong,1</id><title type="html">Lúa &lt;b&gt;chín&lt;/b&gt;</title><link href="https://dong.example/1"/>
<published>2016-05-24T07:30:00+07:00</published><summary>Vàng đồng</summary>
<content type="html">&lt;p&gt;Máy gặt vào vụ.&lt;/p&gt;</content></entry></feed>"""


def test_reads_the_entries_of_rss(part, write) -> None:
    articles, rejections = part(write("tin.rss", RSS))
    assert not rejections
    first, second, third = articles
    assert (first.id, first.title, first.lead) == ("s-1", "Chợ nổi & bến ghe", "Ghe về đông.")
    assert first.body == "Sáng sớm bà con ra chợ.\nGiá dưa ổn định."
    assert (first.source, first.url) == ("Báo Sông", "https://song.example/1")
    assert first.published_at is not None and first.published_at.isoformat() == "2016-05-24T07:30:00+07:00"
    assert second.published_at is not None and second.published_at.isoformat() == "2016-05-24T08:00:00"
    assert (second.id, second.lead, third.published_at) == ("tin.rss#2", "Rời vườn từ sớm.", None)


@pytest.mark.parametrize("name", ["tin.xml", "tin.atom"])
def test_reads_the_entries_of_atom(part, write, name: str) -> None:
    (article,), _ = part(write(name, ATOM))
    assert (article.id, article.title, article.lead, article.body) == (
        "tag:dong,1",
        "Lúa chín",
        "Vàng đồng",
        "Máy gặt vào vụ.",
    )
    assert (article.source, article.url) == ("Báo Đồng", "https://dong.example/1")


def test_an_impossible_date_rejects_its_entry_only(part, write) -> None:
    articles, rejections = part(write("tin.rss", RSS.replace("24/5/2016 08:00", "31/2/2016")))
    assert len(articles) == 2
    assert [(r.row, r.field) for r in rejections] == [(2, "published_at")]


def test_a_feed_cut_short_yields_its_entries_and_a_rejection_for_the_rest(part, write) -> None:
    articles, rejections = part(write("tin.rss", RSS[: RSS.index("<item><title>Tin không ngày")]))
    assert [a.title for a in articles] == ["Chợ nổi & bến ghe", "Vải đầu mùa"]
    assert [r.row for r in rejections] == [3] and "cắt cụt" in rejections[0].reason


@pytest.mark.parametrize("content", ["", "<html><body>Không phải RSS</body></html>", "https://127.0.0.1:9/rss", "chữ"])
def test_what_is_no_feed_is_rejected_and_never_fetched(part, write, content: str) -> None:
    articles, rejections = part(write("tin.xml", content))
    assert not articles and [(r.row, r.reason) for r in rejections] == [(0, "không phải tệp RSS hay Atom")]


def test_entities_do_not_blow_up(part, write) -> None:
    levels = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 9))
    bomb = f'<!DOCTYPE rss [<!ENTITY e0 "ha">{levels}]>' + RSS.split("?>", 1)[1].replace("Vải đầu mùa", "Vải &e8;")
    articles, rejections = part(write("tin.rss", bomb))
    assert sum(len(a.title) for a in articles) < 1000 and len(articles) + len(rejections) >= 1
