"""What the console's routes work with, built once by the application."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitor.core.duties.obligations import RulePack
from monitor.core.incidents.chains import Follows
from monitor.core.people.duty import Duty
from monitor.core.views import DeadlineView
from monitor.store.database import Database
from responders.accounts import Accounts
from responders.console.clocks import Clock, clock_of
from responders.console.health import Probe, Unwell
from responders.console.office import Office
from responders.console.pages import Pages
from responders.desk import Desk
from responders.documents.messages import Composer
from responders.inquiry import Inquiry
from responders.sorting import Sorting


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """The database to read, the desk to act at, the pages to answer with, and the moment.

    `own` names the sources that this bureau publishes in itself; `follows` which kinds of incident may lead to which;
    `duty` is who can be told, `office` what the office's own pages work with.
    `strict` wants everybody to sign in, also while nobody has an account.
    `closing` tells that the service ends, so that no page holds it up.
    """

    database: Database
    desk: Desk
    composer: Composer
    sorting: Sorting
    inquiry: Inquiry
    pack: RulePack
    pages: Pages
    health: Callable[[], Sequence[Unwell]]
    probe: Probe
    clock: Callable[[], datetime]
    accounts: Accounts
    office: Office
    strict: bool = False
    own: frozenset[str] = frozenset()
    follows: Follows = field(default_factory=dict)
    duty: Duty = field(default_factory=Duty)
    closing: Callable[[], bool] = lambda: False

    def clock_of(self, deadline: DeadlineView, now: datetime) -> Clock:
        """Return a deadline as it is shown at `now`."""
        return clock_of(deadline, self.composer, self.pack, now)
