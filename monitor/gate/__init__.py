"""The one way out: every HTTP request of the service goes through a Gate.

    url -> one parser -> host and port checked -> connection to a checked address -> headers -> body within bounds
             ^                                                                           |
             +------------------- at most five redirects, each from the start -----------+

It does not follow what a page says beyond redirects, keeps no cookies, reads no proxy settings from the environment,
and does not judge statuses: any HTTP answer is an Answer, everything else a GateFailure.
"""

from monitor.gate.answers import Answer
from monitor.gate.failure import GateFailure
from monitor.gate.flow import Flow
from monitor.gate.gate import Gate, Refuses, Streamed, Upgraded
from monitor.gate.pool import GateSettings
from monitor.gate.recording import Exchange, recording
from monitor.gate.standing import Standing
from monitor.gate.target import Target
from monitor.gate.waiting import retry_after
from monitor.gate.ways import Way, way_to

__all__ = [
    "Answer",
    "Exchange",
    "Flow",
    "Gate",
    "GateFailure",
    "GateSettings",
    "Refuses",
    "Standing",
    "Streamed",
    "Target",
    "Upgraded",
    "Way",
    "recording",
    "retry_after",
    "way_to",
]
