"""Where the tokens of streams are read from."""

from __future__ import annotations

from monitor.config.setting_fields import secret
from monitor.config.wording import Rejected
from monitor.core.errors import N_, Mistake
from monitor.core.sources import Source


class NoToken(Mistake):
    """What keeps a stream's token cannot be read."""

    message = N_("Source {id}: the token {name} cannot be read. Set that variable or file, or leave token out.")


def token_of(source: Source) -> str:
    """Return the token of a stream, empty where it has none; raise NoToken."""
    name = source.stream_rule.secret if source.stream_rule is not None else ""
    if not name:
        return ""
    try:
        return secret(name).get_secret_value()
    except Rejected:
        raise NoToken(id=source.id, name=name) from None
