"""Messages for the tests of the channels: an ordinary one, and the hostile titles that every channel must survive."""

from __future__ import annotations

from datetime import UTC, datetime

from responders.channels.base import Card, Line, Link, Message, Tone

CHANNEL = "C0123ABCD"
AT = datetime(2026, 7, 9, 12, 30, tzinfo=UTC)
CONSOLE = Link("处置页面", "https://duty.example.org/incidents/12?tab=log")

HOSTILE = {
    "slack channel mention": "化工厂爆炸 <!channel> <!here|now> <@U123> <!subteam^S1>",
    "slack masked link": "<https://evil.example|点此批准> 已确认",
    "entities": "&lt;!here&gt; &lt;at id=all&gt; &amp;lt;b&amp;gt; &#64;all",
    "markdown": "**加粗** *斜体* _下划_ ~~删~~ `代码` [批准](https://evil.example) ![x](http://evil.example/p.png)",
    "markdown lines": "# 标题\n> 引用\n- 列表\n---\n===",
    "mentions": '@all @13800000000 <@zhangsan> <at user_id="all">所有人</at> <at id=all></at>',
    "tags": '<font color="warning">红</font><script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)>',
    "line ends": "一\n二\r三\r\n四\x85五\u2028六\u2029七\x0b八\x0c九",
    "mail headers": "急\r\nBcc: evil@example.org\r\n\r\n<h1>正文</h1>",
    "controls": "\x00\x07\x1b[2J\x1b]0;owned\x07红\x9b31m",
    "direction": "\u202etxt.exe\u202c \u2066隐\u2069\u200f\u200b\ufeff字",
    "half surrogates": "半\ud83d个 \udc00字",
    "templates": "{{7*7}} {% if 1 %} {title.__class__} {0} %s %(x)s",
    "emoji": "👩\u200d👩\u200d👧\u200d👦🔥🇨🇳" * 20,
    "long": "某市一化工厂发生爆炸，" * 1000,
    "long ascii": "A<&>" * 2500,
    "accents": "e" + "\u0301" * 5000,
    "quotes": '"\';--\\ \\" `|` =1+1 +cmd',
    "blank": " \u200b\n\t",
}


def message(
    title: str = "某县隧道塌方，3人被困", *, key: str = "a-1", tone: Tone = Tone.URGENT, card: Card | None = None
) -> Message:
    """Return a message as the service would write it, around any title."""
    return Message(
        key=key,
        title=title,
        tone=tone,
        body=f"首报：{title}",
        lines=(Line("截止", "7月9日 20:30"), Line("标题", title)),
        links=(CONSOLE,),
        card=card,
        written_at=AT,
    )


def card(title: str = "某县隧道塌方，3人被困", *, tone: Tone = Tone.URGENT, state: str = "剩余 5 小时") -> Card:
    """Return the card of incident 12."""
    return Card(key="incident-12", title=title, tone=tone, lines=(Line("时钟", state),), links=(CONSOLE,))
