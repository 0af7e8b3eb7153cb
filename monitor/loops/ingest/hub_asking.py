"""Ask a hub to tell, or to stop: one request within one time, sent on as hubs may, told to nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from urllib.parse import unquote, urlencode, urljoin, urlsplit

from monitor.core.sources import FailureKind
from monitor.core.websub import LEASE, State
from monitor.crawl.hub_ways import hub_flaw, is_inside
from monitor.gate import Answer, Gate, GateFailure
from monitor.store.websub import Subscription

ASK_SECONDS = 10.0
MOST_REDIRECTS = 3
LONGEST_ANSWER, LONGEST_SAID = 16_000, 200
KIND = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks hubs. `callback` is the public address under which they call, to which the token is added."""

    gate: Gate
    callback: str

    def ask(self, due: Subscription, source_url: str) -> str:
        """Ask the hub of a source; return what it said against it, "" where it takes the request.

        A source that is gone has no address; its hub is then known by having called back.
        """
        own = source_url or (due.hub if due.expires_at is not None else "")
        leaving = due.state is State.LEAVING
        form = {
            "hub.mode": "unsubscribe" if leaving else "subscribe",
            "hub.topic": due.topic,
            "hub.callback": f"{self.callback}{due.token}",
        }
        if not leaving:
            form |= {"hub.lease_seconds": str(int(LEASE.total_seconds())), "hub.secret": due.secret}
        try:
            answer = self._post(due.hub, urlencode(form).encode(), own)
        except GateFailure as failure:
            return fit_to_tell(f"{failure.kind}: {failure.detail}", due)
        if 200 <= answer.status < 300:
            return ""
        return fit_to_tell(f"HTTP {answer.status} {answer.body.decode(errors='replace')}", due)

    def _post(self, hub: str, body: bytes, own: str) -> Answer:
        """Post to a hub, which may send us on with 307 or 308 (section 5.1); one time holds for all of it."""
        ends = monotonic() + ASK_SECONDS
        allow = self.gate.settings.allow
        # What only the allow-list reaches is reached on behalf of a source that it reaches as well.
        gate = self.gate if is_inside(own, allow) else self.gate.outside()
        try:
            url = hub
            for _ in range(MOST_REDIRECTS + 1):
                if (flaw := hub_flaw(url, own, allow)) is not None:
                    raise GateFailure(FailureKind.ADDRESS_REFUSED, f"{flaw.value} {url[:100]}")
                left = ends - monotonic()
                if left <= 0:
                    raise GateFailure(FailureKind.TIMEOUT, f"{ASK_SECONDS:.0f} s, last {url[:100]}")
                answer = gate.post(url, body, content_type=KIND, total_seconds=left, longest_body=LONGEST_ANSWER)
                if answer.status not in (307, 308) or not answer.headers.get("location"):
                    return answer
                url = _following(url, answer.headers["location"])
            raise GateFailure(FailureKind.REDIRECT, f"more than {MOST_REDIRECTS}, last {url[:100]}")
        finally:
            if gate is not self.gate:
                gate.close()


def _following(url: str, location: str) -> str:
    """Return where a hub sends us; what was asked for encrypted is not shown on the way afterwards."""
    try:
        following = urljoin(url, location)
        here, there = urlsplit(url).scheme, urlsplit(following).scheme
    except ValueError:
        raise GateFailure(FailureKind.REDIRECT, f"to {location[:100]}") from None
    if here == "https" and there != "https":
        raise GateFailure(FailureKind.REDIRECT, f"from https to {following[:100]}")
    return following


def fit_to_tell(said: str, due: Subscription) -> str:
    """Return what a hub said in one short line that holds neither the secret nor the address made for it."""
    for hidden in (due.secret, due.token):
        if hidden not in said and hidden in unquote(said):
            said = unquote(said)
        said = said.replace(hidden, "…")
    line = "".join(sign if sign.isprintable() else " " for sign in said)
    return " ".join(line.split())[:LONGEST_SAID]
