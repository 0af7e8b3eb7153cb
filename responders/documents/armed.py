"""What a provider says in our place when this service is silent: written while the service is well."""

from __future__ import annotations

from datetime import datetime

from monitor.core.beijing import shown
from monitor.core.duties.arming import END, Warned
from monitor.core.errors import N_
from monitor.core.views import DeadlineView, IncidentView
from responders.documents.messages import Composer

TITLE = 200


def armed_text(composer: Composer, incident: IncidentView, deadline: DeadlineView, one: Warned, now: datetime) -> str:
    """Write a warning in plain text, with nothing escaped; the code in it is how it is found again."""
    words = composer.words
    silent = (
        N_("⚠ Slack sends this because Huiying did not report the end of this deadline. The service may be down.")
        if one.point == END
        else N_("⚠ Slack sends this because Huiying was silent when this reminder was due. The service may be down.")
    )
    about = [composer.grade(incident), composer.place(incident), incident.title]
    due = words(N_("{shown} Beijing time"), shown=shown(deadline.due_at))
    return "\n".join(
        [
            words(silent),
            words(N_("[{clock}] {left}"), clock=composer.clock(deadline), left=composer.left(deadline, one.post_at)),
            " ".join(" | ".join(part for part in about if part).split())[:TITLE],
            words(N_("{name}: {value}"), name=words(N_("Due")), value=due),
            words(N_("Look after the deadline by hand and see to the service. As known at {at}."), at=shown(now)),
            f"({one.code})",
        ]
    )
