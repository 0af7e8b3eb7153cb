"""A sign-in service over HTTP that keeps to the standard until a test tells it not to."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.responders.fakes.web import Answer, Request, WebFake

CLIENT, SECRET = "huiying", "s3cr3t & more"


@dataclass
class Grant:
    """A code that was given out, and what it stands for."""

    nonce: str
    challenge: str
    back: str
    claims: dict[str, Any]
    used: bool = False


class FakeProvider(WebFake):
    """Gives codes to `asked` addresses, takes each once with its verifier, and answers with a signed ID token."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.now = clock
        self.key = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
        self.grants: dict[str, Grant] = {}
        self.spoil: dict[str, Any] = {}
        self.header: dict[str, str] = {"alg": "RS256", "kid": "one"}
        self.signed_by: RSAKey | OctKey | None = None
        self.calls_itself = ""
        self.person: dict[str, Any] = {"sub": "4711", "preferred_username": "wangmin", "name": "王敏"}

    def asked(self, address: str) -> tuple[str, str]:
        """Play the browser at the service: sign in, and return the code and the state that it is sent back with."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = f"code-{len(self.grants)}"
        self.grants[code] = Grant(query["nonce"], query["code_challenge"], query["redirect_uri"], dict(self.person))
        return code, query["state"]

    def handle(self, request: Request) -> Answer:
        if request.path == "/.well-known/openid-configuration":
            here = self.url
            return Answer(
                {
                    "issuer": self.calls_itself or here,
                    "authorization_endpoint": f"{here}/authorize",
                    "token_endpoint": f"{here}/token",
                    "jwks_uri": f"{here}/keys",
                }
            )
        if request.path == "/keys":
            return Answer({"keys": [self.key.as_dict(private=False)]})
        assert request.path == "/token", request.path
        return self._exchange(request)

    def _exchange(self, request: Request) -> Answer:
        given = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        assert given == f"{CLIENT}:s3cr3t%20%26%20more"
        fields = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        grant = self.grants.get(fields["code"])
        digest = hashlib.sha256(fields["code_verifier"].encode()).digest()
        proven = grant is not None and base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == grant.challenge
        if grant is None or grant.used or not proven or fields["redirect_uri"] != grant.back:
            return Answer({"error": "invalid_grant"}, 400)
        grant.used = True
        return Answer({"access_token": "x", "token_type": "Bearer", "id_token": self.token(grant)})

    def token(self, grant: Grant) -> str:
        now = int(self.now().timestamp())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": grant.nonce, **grant.claims}
        claims |= self.spoil
        left = {name: value for name, value in claims.items() if value is not None}
        if self.header["alg"] == "none":
            parts = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (b'{"alg":"none"}', _json(left))]
            return f"{parts[0]}.{parts[1]}."
        return jwt.encode(self.header, left, self.signed_by or self.key, algorithms=[self.header["alg"]])


def _json(value: dict[str, Any]) -> bytes:
    return Answer(value).encoded()
