"""A provider at which people sign in (OpenID Connect): where they are sent, and whose e-mail it vouches for.

The code flow with state, nonce and PKCE. What the provider answers is believed where it is signed by its own keys, for
this client and this attempt; nothing of it is kept or logged but the e-mail address.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from roadwright.domain.addresses import is_private
from roadwright.domain.errors import InputError

_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""What a provider signs with: with keys that only it has."""
_SECONDS = 10.0
_KEPT_SECONDS = 3600.0
_LEEWAY = 60
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class SignInRefused(InputError):
    """Nobody is signed in by what the provider said, or did not say."""


@dataclass(frozen=True)
class Attempt:
    """One attempt to sign in: what ties the provider's answer to the browser that asked."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))


class Provider:
    """One provider, as the client that the settings name."""

    def __init__(self, issuer: str, client_id: str, secret: str) -> None:
        self.issuer = issuer
        self.client_id = client_id
        self._secret = secret
        self._known: tuple[float, Mapping[str, Any]] | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Provider({self.issuer!r})"

    def address(self, attempt: Attempt, redirect_uri: str) -> str:
        """Where the browser is sent. Raises SignInRefused where the provider can't be reached."""
        url, _ = self._client(redirect_uri).create_authorization_url(
            self._metadata()["authorization_endpoint"],
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
        )
        return str(url)

    def email_of(self, attempt: Attempt, redirect_uri: str, code: str) -> str:
        """The verified e-mail of whoever signed in with this attempt. Raises SignInRefused."""
        metadata = self._metadata()
        try:
            token = self._client(redirect_uri).fetch_token(
                metadata["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=attempt.verifier,
                timeout=_SECONDS,
                allow_redirects=False,
            )
            claims = self._claims(metadata, token, attempt)
        except (AuthlibBaseError, JoseError, requests.RequestException, ValueError, KeyError, TypeError) as fault:
            # Not its words: they can hold the code or the token.
            raise SignInRefused("oidc_not_believed", issuer=self.issuer, why=type(fault).__name__) from None
        email, is_verified = claims.get("email"), claims.get("email_verified")
        if not isinstance(email, str) or is_verified not in (True, "true"):
            raise SignInRefused("oidc_unverified", issuer=self.issuer)
        return email.strip()

    def _client(self, redirect_uri: str) -> OAuth2Session:
        ways = self._metadata().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return OAuth2Session(
            self.client_id,
            self._secret,
            scope="openid email",
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if "client_secret_basic" in ways else "client_secret_post",
        )

    def _metadata(self) -> Mapping[str, Any]:
        with self._lock:
            if self._known is not None and time.monotonic() - self._known[0] < _KEPT_SECONDS:
                return self._known[1]
            found = self._get(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self.issuer or not all(is_private(str(found.get(name))) for name in _ENDPOINTS):
                raise SignInRefused("oidc_not_believed", issuer=self.issuer, why="metadata")
            self._known = time.monotonic(), found
            return found

    def _get(self, url: str, token: str | None = None) -> Mapping[str, Any]:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        try:
            answer = requests.get(url, headers=headers, timeout=_SECONDS, allow_redirects=False)
            answer.raise_for_status()
            found = answer.json() if answer.status_code == requests.codes.ok else None
        except (requests.RequestException, ValueError) as fault:
            raise SignInRefused("oidc_unreachable", issuer=self.issuer, why=type(fault).__name__) from fault
        if not isinstance(found, dict):
            raise SignInRefused("oidc_unreachable", issuer=self.issuer, why="no JSON object")
        return found

    def _claims(self, metadata: Mapping[str, Any], token: Mapping[str, Any], attempt: Attempt) -> Mapping[str, Any]:
        """What the provider says of the person, checked."""
        keys = KeySet.import_key_set(self._get(str(metadata["jwks_uri"])))  # type: ignore[arg-type]
        signed = jwt.decode(token["id_token"], keys, algorithms=list(_ALGORITHMS))
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            {"iss": {"essential": True, "value": self.issuer}, "aud": {"essential": True, "value": self.client_id}},
            {"nonce": attempt.nonce, "client_id": self.client_id},
        )
        claims.validate(leeway=_LEEWAY)
        if claims.get("nonce") != attempt.nonce:
            raise ValueError("nonce")
        endpoint = metadata.get("userinfo_endpoint")
        if "email" in claims or not is_private(str(endpoint)):
            return dict(claims)
        more = self._get(str(endpoint), str(token["access_token"]))
        if more.get("sub") != claims["sub"]:
            raise ValueError("sub")
        return {**more, **claims}
