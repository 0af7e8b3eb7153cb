"""What may be done, and which role may do it. What is not granted here is refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Permission(StrEnum):
    """Something that may be done; routes, tokens and messages name it."""

    SEE = "see"  # the board, an incident and all that belongs to it
    OVERSEE = "oversee"  # what concerns the whole bureau: sources, alerts, rumours, what was set aside, the rota
    ACKNOWLEDGE = "acknowledge"
    JUDGE = "judge"  # confirm, dismiss, merge, split, link, sort items
    RESPOND = "respond"  # log what was published, or that it was withdrawn
    ADJUST = "adjust"  # waive, extend, pause, begin anew a deadline; find fault
    ASSIGN = "assign"  # name the office that is responsible
    SIGN = "sign"  # for one's own office, that it has taken an incident over
    DRAFT = "draft"
    REVIEW = "review"  # the secrecy review
    APPROVE = "approve"
    EXPORT = "export"
    ADMINISTER = "administer"  # accounts
    ARRANGE = "arrange"  # put somebody on duty, swap, take over
    DRILL = "drill"  # begin and end drills, try all ways in silence
    OPERATE = "operate"  # send test messages, fetch a source to look at it
    INSPECT = "inspect"  # read and examine the audit log
    CONDUCT = "conduct"  # plan an appraisal of offices, approve its plan and its grades
    APPRAISE = "appraise"  # propose an office's grade


class AccountRole(StrEnum):
    """What somebody is in the bureau; one person may be several."""

    DUTY = "duty"
    SPOKESPERSON = "spokesperson"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    LEADER = "leader"
    ADMIN = "admin"
    COUNTY = "county"


_LOOKS = frozenset({Permission.SEE, Permission.OVERSEE})
# A county colleague's grants reach no further than his region.
GRANTS: Mapping[AccountRole, frozenset[Permission]] = MappingProxyType(
    {
        AccountRole.DUTY: _LOOKS
        | {
            Permission.ACKNOWLEDGE,
            Permission.JUDGE,
            Permission.ASSIGN,
            Permission.SIGN,
            Permission.RESPOND,
            Permission.ADJUST,
            Permission.DRAFT,
            Permission.EXPORT,
            Permission.ARRANGE,
        },
        AccountRole.SPOKESPERSON: _LOOKS
        | {Permission.ACKNOWLEDGE, Permission.RESPOND, Permission.DRAFT, Permission.SIGN},
        AccountRole.REVIEWER: _LOOKS | {Permission.REVIEW, Permission.SIGN, Permission.APPRAISE},
        AccountRole.APPROVER: _LOOKS | {Permission.APPROVE, Permission.ADJUST, Permission.SIGN},
        AccountRole.LEADER: _LOOKS
        | {
            Permission.ACKNOWLEDGE,
            Permission.ADJUST,
            Permission.EXPORT,
            Permission.ASSIGN,
            Permission.SIGN,
            Permission.ARRANGE,
            Permission.DRILL,
            Permission.INSPECT,
            Permission.CONDUCT,
        },
        AccountRole.ADMIN: _LOOKS
        | {
            Permission.ADMINISTER,
            Permission.ARRANGE,
            Permission.DRILL,
            Permission.OPERATE,
            Permission.INSPECT,
            Permission.CONDUCT,
        },
        AccountRole.COUNTY: frozenset({Permission.SEE, Permission.ACKNOWLEDGE, Permission.DRAFT, Permission.SIGN}),
    }
)
