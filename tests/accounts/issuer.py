"""A small OpenID Connect provider on this machine: real HTTP, real signatures, and faults on demand.

It signs in whoever ``person`` says without asking. It is strict where a good provider is: client, redirect
address, one use of a code, PKCE.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT_ID, CLIENT_SECRET = "lpo-advisor", "a secret that two machines share"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """A private key by name; the provider publishes "good" alone."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwks() -> dict[str, Any]:
    public = json.loads(RSAAlgorithm.to_jwk(key("good").public_key()))
    return {"keys": [{**public, "kid": "good", "use": "sig", "alg": "RS256"}]}


@dataclass
class Issuer:
    """The provider: who signs in there, what it says about them, and what it gets wrong."""

    address: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    in_userinfo: dict[str, Any] | None = None  # claims that only the user information holds
    discovery: dict[str, Any] = field(default_factory=dict)  # replaces what is right
    claims: dict[str, Any] = field(default_factory=dict)  # replaces what is right; None removes
    signed_by: str = "good"
    algorithm: str = "RS256"
    without_id_token: bool = False
    token_answer: dict[str, Any] = field(default_factory=dict)  # replaces what is right
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)  # what /authorize was sent
    redeemed: list[str] = field(default_factory=list)

    def describe(self) -> dict[str, Any]:
        right = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        return right | self.discovery

    def authorize(self, sent: dict[str, str]) -> str:
        """Give the address to send the browser back to."""
        self.asked.append(sent)
        assert sent["client_id"] == CLIENT_ID
        assert sent["response_type"] == "code"
        assert sent["code_challenge_method"] == "S256"
        assert "openid" in sent["scope"].split()
        code = secrets.token_urlsafe(8)
        self.codes[code] = sent
        return f"{sent['redirect_uri']}?{urlencode({'code': code, 'state': sent['state']})}"

    def token(self, sent: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Redeem a code, once."""
        asked = self.codes.pop(sent.get("code", ""), None)
        challenge = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        if (
            asked is None
            or sent.get("client_id") != CLIENT_ID
            or sent.get("client_secret") != CLIENT_SECRET
            or sent.get("redirect_uri") != asked["redirect_uri"]
            or base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() != asked["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        self.redeemed.append(sent["code"])
        answer: dict[str, Any] = {"access_token": "access", "token_type": "Bearer", "expires_in": 60}
        if not self.without_id_token:
            answer["id_token"] = self.id_token(asked["nonce"])
        return 200, answer | self.token_answer

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        right = {"iss": self.address, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce}
        claims = {k: v for k, v in (right | self.person | self.claims).items() if v is not None}
        headers = {"kid": "good"}
        if self.algorithm == "none":
            return jwt.encode(claims, None, algorithm="none", headers=headers)
        if self.algorithm == "HS256":  # signed with what everybody can read
            published = jwks()["keys"][0]["n"]
            return jwt.encode(claims, published, algorithm="HS256", headers=headers)
        return jwt.encode(claims, key(self.signed_by), algorithm=self.algorithm, headers=headers)


class _Handler(BaseHTTPRequestHandler):
    issuer: Issuer

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        sent = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.issuer.authorize(sent))
            self.end_headers()
        elif parts.path == "/.well-known/openid-configuration":
            self._json(200, self.issuer.describe())
        elif parts.path == "/jwks":
            self._json(200, jwks())
        elif parts.path == "/userinfo" and self.headers.get("Authorization") == "Bearer access":
            self._json(200, self.issuer.in_userinfo or self.issuer.person)
        else:
            self._json(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._json(*self.issuer.token({name: values[0] for name, values in parse_qs(body).items()}))

    def _json(self, status: int, content: Any) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())


@contextmanager
def running_issuer(**person: Any) -> Iterator[Issuer]:
    """Serve a provider at a free port for the length of a block."""
    issuer = Issuer(person=person)
    handler = type("Handler", (_Handler,), {"issuer": issuer})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        issuer.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
