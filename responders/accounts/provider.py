"""A service at which people sign in, by OpenID Connect Core 1.0: its addresses, its keys, what its tokens say.

Everything goes out through the gate. The issuer is the one that was set, letter by letter; nothing that a token says of
e-mail addresses is looked at.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from monitor.core.errors import N_, Mistake, Said
from monitor.gate import Gate, GateFailure

# Signatures by a key that only the service has; none at all and shared secrets are refused (RFC 8725, 3.1).
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY = 60
FRESH_FOR = timedelta(hours=1)
# An unknown key makes us ask once more, but not for each forged token.
ASK_AGAIN = timedelta(minutes=1)
SECONDS, LONGEST_BODY = 10.0, 256 * 1024
DISCOVERY = "/.well-known/openid-configuration"
UNREACHED = N_("it could not be reached")
NOT_ITSELF = N_("it does not call itself as it is named in the settings")
UNREADABLE = N_("its answer could not be read")
REFUSED = N_("it did not accept the code, which is good once and for a short time")
FORGED = N_("what it said is not signed by it, not meant for us, too old, or not the answer to our question")


class OtherServiceFailed(Mistake):
    """The other service did not vouch for anybody."""

    message = N_("Signing in there failed: {why}. Begin again; who has a password here can sign in with it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """How the service is reached; `back` is where it sends people, `groups` the claim that lists their groups."""

    issuer: str
    client_id: str
    client_secret: str = ""
    back: str
    scope: str = "openid profile"
    groups: str = "groups"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the service knows him: by its own name for itself and its number for him."""

    issuer: str
    subject: str
    login: str
    name: str
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Known:
    asked_at: datetime
    authorize: str
    token: str
    keys: KeySet


class Provider:
    """Asks the service; what it says of itself is remembered for an hour."""

    def __init__(self, gate: Callable[[], Gate], settings: ProviderSettings) -> None:
        self._gate = gate
        self.settings = settings
        self._known: _Known | None = None
        self._lock = threading.Lock()

    def address(self, *, state: str, nonce: str, challenge: str, now: datetime) -> str:
        """Return where a browser is sent to sign in; raise OtherServiceFailed."""
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.settings.back,
            "scope": self.settings.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        authorize = self._about(now).authorize
        return f"{authorize}{'&' if '?' in authorize else '?'}{urlencode(query)}"

    def person(self, code: str, *, verifier: str, nonce: str, now: datetime) -> Person:
        """Exchange a code for who signed in; raise OtherServiceFailed."""
        known = self._about(now)
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.settings.back,
            "client_id": self.settings.client_id,
            "code_verifier": verifier,
        }
        headers = {"accept": "application/json"}
        if self.settings.client_secret:
            # RFC 6749, 2.3.1: both are encoded as in a form before they are joined.
            pair = f"{quote(self.settings.client_id, safe='')}:{quote(self.settings.client_secret, safe='')}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        try:
            answer = self._gate().post(
                known.token,
                urlencode(fields).encode(),
                content_type="application/x-www-form-urlencoded",
                headers=headers,
                total_seconds=SECONDS,
                longest_body=LONGEST_BODY,
            )
        except GateFailure:
            raise OtherServiceFailed(why=Said(UNREACHED)) from None
        if answer.status != 200:
            raise OtherServiceFailed(why=Said(REFUSED))
        token = _object(answer.body).get("id_token")
        if not isinstance(token, str):
            raise OtherServiceFailed(why=Said(UNREADABLE))
        return self._read(token, nonce, now)

    def _read(self, token: str, nonce: str, now: datetime) -> Person:
        """Return whom an ID token names; raise OtherServiceFailed unless all of it is as it must be."""
        try:
            claims = self._claims(token, self._about(now), nonce, now)
        except (JoseError, ValueError):
            # The service may have taken a new key since it was asked.
            try:
                claims = self._claims(token, self._about(now, at_least=now - ASK_AGAIN), nonce, now)
            except (JoseError, ValueError):
                raise OtherServiceFailed(why=Said(FORGED)) from None
        subject, groups = str(claims["sub"]), claims.get(self.settings.groups)
        login = str(claims.get("preferred_username") or subject)
        return Person(
            issuer=self.settings.issuer,
            subject=subject,
            login=login,
            name=str(claims.get("name") or login),
            groups=frozenset(map(str, groups)) if isinstance(groups, list) else frozenset(),
        )

    def _claims(self, token: str, known: _Known, nonce: str, now: datetime) -> Mapping[str, Any]:
        found = jwt.decode(token, known.keys, algorithms=list(ALGORITHMS))
        rules = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        rules.validate(found.claims)
        audience, party = found.claims["aud"], found.claims.get("azp")
        several = isinstance(audience, list) and len(audience) > 1
        if (several or party is not None) and party != self.settings.client_id:
            raise ValueError("azp")
        return found.claims

    def _about(self, now: datetime, *, at_least: datetime | None = None) -> _Known:
        """Return what the service says of itself, not older than an hour or than `at_least`."""
        oldest = at_least or now - FRESH_FOR
        with self._lock:
            if self._known is None or not oldest <= self._known.asked_at <= now:
                self._known = self._ask(now)
            return self._known

    def _ask(self, now: datetime) -> _Known:
        issuer = self.settings.issuer
        told = self._get(issuer.rstrip("/") + DISCOVERY)
        if told.get("issuer") != issuer:
            raise OtherServiceFailed(why=Said(NOT_ITSELF))
        addresses = [told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if not all(isinstance(one, str) and _as_safe(one, issuer) for one in addresses):
            raise OtherServiceFailed(why=Said(UNREADABLE))
        authorize, token, keys = map(str, addresses)
        try:
            found = KeySet.import_key_set(self._get(keys))  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError):
            raise OtherServiceFailed(why=Said(UNREADABLE)) from None
        return _Known(now, authorize, token, found)

    def _get(self, url: str) -> dict[str, Any]:
        try:
            answer = self._gate().get(url, total_seconds=SECONDS, longest_body=LONGEST_BODY)
        except GateFailure:
            raise OtherServiceFailed(why=Said(UNREACHED)) from None
        if answer.status != 200:
            raise OtherServiceFailed(why=Said(UNREACHED))
        return _object(answer.body)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        raise OtherServiceFailed(why=Said(UNREADABLE)) from None
    if not isinstance(found, dict):
        raise OtherServiceFailed(why=Said(UNREADABLE))
    return found


def _as_safe(address: str, issuer: str) -> bool:
    """Tell whether an address is a web address, and encrypted where the issuer's own is."""
    try:
        scheme, host = urlsplit(address).scheme, urlsplit(address).hostname
    except ValueError:
        return False
    return bool(host) and (scheme == "https" or (scheme == "http" and issuer.startswith("http://")))
