"""Who may do what to an issue: edit, review, sign, send back, declare void. Pure; every refusal says why.

Who wrote it neither reviews nor signs it, and who reviewed it does not sign it. What was passed holds for exactly what
was looked at, and only until an edit.
"""

from __future__ import annotations

from datetime import datetime

from monitor.core.beijing import shown
from monitor.core.bulletins.bulletin import Bulletin, BulletinAct, BulletinState, Content, Step, Version, digest
from monitor.core.drafts.draft import Person
from monitor.core.errors import N_, Mistake

MOST_SECTIONS = 60
LONGEST_TITLE, LONGEST_HEADING, LONGEST_TEXT = 200, 200, 6_000


class BulletinVoid(Mistake):
    """Somebody acted on an issue that is void."""

    message = N_("Issue {id} is void; it stays as it is and keeps its number. Make a new one.")


class BulletinMoved(Mistake):
    """Somebody acted on a version that is not the newest any more."""

    message = N_(
        "Issue {id} has been changed since this page was shown: {by} saved version {number} at {at}. Read it, then "
        "decide. Nothing was changed."
    )


class OwnBulletin(Mistake):
    """One person wanted to do two things to an issue that two people must do."""

    message = N_(
        "{name} has already taken part in issue {id} in another role. Who writes, who reviews and who signs must be "
        "different people. Ask somebody else; on paper it can be signed by hand."
    )


class NotReviewed(Mistake):
    """An issue was to be signed that nobody has reviewed as it stands."""

    message = N_("Issue {id} has not been reviewed as it stands. Have it reviewed first, or sign it on paper.")


class AlreadyPassed(Mistake):
    """Somebody reviewed or signed what is reviewed or signed already."""

    message = N_("Issue {id} is reviewed or signed already as it stands; nothing was changed.")


class PassedByOthers(Mistake):
    """Somebody wanted to edit or void what was passed, who neither wrote it nor signs."""

    message = N_(
        "Issue {id} is reviewed or signed. Only who wrote it, or who signs, may edit it or declare it void; a county "
        "account may not. Have it sent back first."
    )


class SignedByOther(Mistake):
    """Somebody wanted to take back another's signature."""

    message = N_("Issue {id} is signed by {name}; only who signed may take the signature back.")


class NothingWritten(Mistake):
    """An issue without title or text was to be kept."""

    message = N_("An issue needs a title and at least one section with a text.")


class TooLong(Mistake):
    """A text of an issue is longer than it may be."""

    message = N_("{name} has {length} characters; {most} is the most. Nothing was saved; what you typed is kept.")


class TooMany(Mistake):
    """An issue has more sections than anybody reads."""

    message = N_("An issue has at most {most} sections or entries, and this one has {count}. Nothing was saved.")


def edited(
    bulletin: Bulletin, content: Content, *, seen: int, by: Person, now: datetime
) -> tuple[Version, Step | None]:
    """Return the version that an edit makes, and the lapse of what was passed; raise what forbids it.

    A reviewer or signer who edits would pass his own words, so he may not.
    """
    _refuse(bulletin, seen)
    check(content)
    if _did(bulletin, by, BulletinAct.REVIEWED, BulletinAct.SIGNED):
        raise OwnBulletin(id=bulletin.id, name=by.name)
    number = bulletin.version.number + 1
    version = Version(number=number, content=content, by=by, at=now)
    if bulletin.state is BulletinState.DRAFT:
        return version, None
    return version, Step(act=BulletinAct.LAPSED, version=number, by=by, at=now)


def reviewed(bulletin: Bulletin, *, seen: int, by: Person, now: datetime, comment: str = "") -> Step:
    """Return the step by which somebody passes an issue for its words and facts."""
    _refuse(bulletin, seen)
    if bulletin.state is not BulletinState.DRAFT:
        raise AlreadyPassed(id=bulletin.id)
    _refuse_author(bulletin, by)
    return _step(bulletin, BulletinAct.REVIEWED, by, now, comment)


def signed(bulletin: Bulletin, *, seen: int, by: Person, now: datetime, comment: str = "") -> Step:
    """Return the step by which a leader signs an issue."""
    _refuse(bulletin, seen)
    if bulletin.state is BulletinState.SIGNED:
        raise AlreadyPassed(id=bulletin.id)
    _refuse_author(bulletin, by)
    if bulletin.last(BulletinAct.REVIEWED) is None:
        raise NotReviewed(id=bulletin.id)
    if _did(bulletin, by, BulletinAct.REVIEWED):
        raise OwnBulletin(id=bulletin.id, name=by.name)
    return _step(bulletin, BulletinAct.SIGNED, by, now, comment)


def returned(bulletin: Bulletin, *, seen: int, by: Person, now: datetime, comment: str) -> Step:
    """Return the step by which somebody else than its author sends an issue back; a signature only who gave it."""
    _refuse(bulletin, seen)
    _refuse_author(bulletin, by)
    signature = bulletin.last(BulletinAct.SIGNED)
    if signature is not None and not signature.by.is_(by):
        raise SignedByOther(id=bulletin.id, name=signature.by.name)
    return _step(bulletin, BulletinAct.RETURNED, by, now, comment)


def voided(bulletin: Bulletin, *, by: Person, now: datetime, comment: str) -> Step:
    """Return the step by which an issue is declared void."""
    if bulletin.void:
        raise BulletinVoid(id=bulletin.id)
    return _step(bulletin, BulletinAct.VOIDED, by, now, comment)


def may_change(bulletin: Bulletin, person: Person | None, *, signs: bool, everywhere: bool) -> bool:
    """Tell whether somebody who drafts may edit or void an issue as far as it was passed.

    What was passed is changed by who `signs`, or by its author where he drafts `everywhere`, not in one county only.
    """
    if bulletin.state not in (BulletinState.REVIEWED, BulletinState.SIGNED):
        return True
    author = person is None or any(one.is_(person) for one in bulletin.authors)
    return signs or (author and everywhere)


def may_take_back(bulletin: Bulletin, person: Person | None) -> bool:
    """Tell whether a signature is this person's to take back."""
    signature = bulletin.last(BulletinAct.SIGNED)
    return signature is not None and not bulletin.void and person is not None and signature.by.is_(person)


def may_edit(bulletin: Bulletin, person: Person | None) -> bool:
    """Tell whether somebody may edit, as far as the issue decides it."""
    return not bulletin.void and (
        person is None or not _did(bulletin, person, BulletinAct.REVIEWED, BulletinAct.SIGNED)
    )


def waits_for(bulletin: Bulletin, person: Person | None) -> BulletinAct | None:
    """Return what an issue waits for, where this person may do it as far as the issue decides it."""
    wanted = {BulletinState.DRAFT: BulletinAct.REVIEWED, BulletinState.REVIEWED: BulletinAct.SIGNED}.get(bulletin.state)
    if wanted is None or person is None:
        return wanted
    barred = any(author.is_(person) for author in bulletin.authors) or (
        wanted is BulletinAct.SIGNED and _did(bulletin, person, BulletinAct.REVIEWED)
    )
    return None if barred else wanted


def check(content: Content) -> None:
    """Raise NothingWritten or TooLong unless a content can be kept."""
    if not content.title.strip() or not any(section.text.strip() for section in content.sections):
        raise NothingWritten
    texts = [(content.title, LONGEST_TITLE)]
    for section in content.sections:
        texts += [(section.heading, LONGEST_HEADING), (section.text, LONGEST_TEXT)]
    for text, most in texts:
        if len(text) > most:
            raise TooLong(name=text[:20], length=len(text), most=most)
    if len(content.sections) > MOST_SECTIONS:
        raise TooMany(count=len(content.sections), most=MOST_SECTIONS)


def _refuse(bulletin: Bulletin, seen: int) -> None:
    if bulletin.void:
        raise BulletinVoid(id=bulletin.id)
    newest = bulletin.version
    if seen != newest.number:
        raise BulletinMoved(id=bulletin.id, by=newest.by.name, number=newest.number, at=shown(newest.at))


def _refuse_author(bulletin: Bulletin, person: Person) -> None:
    if any(author.is_(person) for author in bulletin.authors):
        raise OwnBulletin(id=bulletin.id, name=person.name)


def _did(bulletin: Bulletin, person: Person, *acts: BulletinAct) -> bool:
    return any(step.act in acts and step.by.is_(person) for step in bulletin.steps)


def _step(bulletin: Bulletin, act: BulletinAct, by: Person, now: datetime, comment: str) -> Step:
    return Step(act=act, version=bulletin.version.number, by=by, at=now, comment=comment, hash=digest(bulletin))
