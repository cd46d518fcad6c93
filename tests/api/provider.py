"""A provider of OpenID Connect on this machine: discovery, keys and tokens, and what tests let it say wrongly."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "roadwright", "the secret of the client that nobody may see"
KEY = RSAKey.generate_key(2048, {"kid": "one"}, private=True)


@dataclass
class ProviderDouble:
    """What it answers; each code is good once, for the attempt that it was made for."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    """Over those that are right."""
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    key: Any = field(default_factory=lambda: KEY)
    metadata: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    attempts: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def authorize(self, address: str) -> dict[str, str]:
        """What a browser is sent back with that follows this address, and whose person signs in."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert {"openid", "email"} <= set(query["scope"].split())
        code = f"code-{len(self.attempts)}"
        self.attempts[code] = query
        return {"code": code, "state": query["state"]}

    def token(self, fields: dict[str, str], authorization: str) -> dict[str, Any] | None:
        attempt = self.attempts.pop(fields.get("code", ""), None)
        known = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '+')}".encode()).decode()
        plain = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if attempt is None or authorization not in (known, plain) or fields["redirect_uri"] != attempt["redirect_uri"]:
            return None
        digest = hashlib.sha256(fields["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != attempt["code_challenge"]:
            return None
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "sub": "42",
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": attempt["nonce"],
            "email": "anna@example.com",
            "email_verified": True,
        }
        claims = {name: value for name, value in {**said, **self.claims}.items() if value is not None}
        signed = jwt.encode(self.header, claims, self.key, algorithms=["RS256", "HS256", "none"])
        return {"access_token": "access", "token_type": "Bearer", "id_token": signed}

    def answer(self, path: str) -> dict[str, Any] | None:
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            here = self.issuer
            return {
                "issuer": here,
                "authorization_endpoint": f"{here}/authorize",
                "token_endpoint": f"{here}/token",
                "jwks_uri": f"{here}/keys",
                "userinfo_endpoint": f"{here}/userinfo",
                **self.metadata,
            }
        if path == "/keys":
            return {"keys": [KEY.as_dict(private=False)]}
        return self.userinfo if path == "/userinfo" else None


@contextmanager
def provider() -> Iterator[ProviderDouble]:
    """It serves on loopback until the end."""
    double = ProviderDouble()

    class Handler(BaseHTTPRequestHandler):
        def _say(self, body: dict[str, Any] | None) -> None:
            content = json.dumps(body or {"error": "invalid_grant"}).encode()
            self.send_response(200 if body else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self._say(double.answer(self.path))

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = {name: values[0] for name, values in parse_qs(text).items()}
            self._say(double.token(fields, self.headers.get("Authorization", "")))

        def log_message(self, *_: object) -> None:
            """It is quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    double.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
