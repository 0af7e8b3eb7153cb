"""What an issue is called: its kind, its number in the year, which sequel it is."""

from __future__ import annotations

from monitor.core.bulletins.bulletin import Bulletin, BulletinKind
from monitor.core.errors import N_
from responders.documents.official import chinese_number
from responders.labels import label
from responders.language import Words

MASTHEADS = {
    BulletinKind.FLASH: N_("FLASH REPORT"),
    BulletinKind.SPECIAL: N_("SPECIAL REPORT"),
    BulletinKind.MOBILE: N_("MOBILE NEWSLETTER"),
    BulletinKind.MONTHLY: N_("MONTHLY REPORT"),
}


def issue_number(bulletin: Bulletin, words: Words) -> str:
    """Return the number of an issue in its year, with which sequel it is, and whether it is void."""
    told = words(N_("{year}, issue {number}"), year=bulletin.year, number=bulletin.number)
    if bulletin.sequel:
        nth = chinese_number(bulletin.sequel) if words.language == "zh" and bulletin.sequel < 100 else bulletin.sequel
        told += words(N_(" (sequel {nth})"), nth=nth)
    return told + words(N_(" (void)")) if bulletin.void else told


def issue_name(bulletin: Bulletin, words: Words) -> str:
    """Name an issue by kind and number."""
    return words(N_("{kind} {number}"), kind=words(label(bulletin.kind)), number=issue_number(bulletin, words))
