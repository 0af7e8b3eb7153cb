"""Over what a response reached the public, as far as its address tells."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from monitor.core.statistics.reckoned import Column

_OUTLETS: Mapping[str, Column] = {
    "mp.weixin.qq.com": Column.WEIXIN,
    "weixin.qq.com": Column.WEIXIN,
    "weibo.com": Column.WEIBO,
    "weibo.cn": Column.WEIBO,
    "channels.weixin.qq.com": Column.VIDEO,
    "douyin.com": Column.VIDEO,
    "iesdouyin.com": Column.VIDEO,
    "kuaishou.com": Column.VIDEO,
    "bilibili.com": Column.VIDEO,
}
OUTLETS = (Column.WEBSITE, Column.WEIXIN, Column.WEIBO, Column.VIDEO, Column.NO_ADDRESS)


def outlet_of(url: str) -> Column:
    """Return the outlet of an address: a platform by its host, a website otherwise."""
    try:
        host = (urlsplit(url).hostname or "").removesuffix(".").lower()
    except ValueError:
        host = ""
    if not host:
        return Column.NO_ADDRESS
    # The longest name decides: video channels live under the same domain as articles.
    names = [name for name in _OUTLETS if host == name or host.endswith(f".{name}")]
    return _OUTLETS[max(names, key=len)] if names else Column.WEBSITE
