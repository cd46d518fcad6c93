"""Signing in at a provider: who gets in and as what, and what is not believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc.jwk import OctKey, RSAKey
from starlette.testclient import TestClient

from roadwright.api.oidc import BACK, BEGIN, NoClientSecret, check_oidc, is_offered
from roadwright.api.state import Server
from roadwright.domain.roles import Role
from roadwright.services.people.accounts import add_user, disable_user, users
from roadwright.workspace.server_settings import CLIENT_SECRET, AuthSettings, OidcSettings
from tests.api.conftest import PASSWORD
from tests.api.provider import CLIENT, SECRET, ProviderDouble, provider


@pytest.fixture
def double(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProviderDouble]:
    with provider() as found:
        monkeypatch.setenv(CLIENT_SECRET, SECRET)
        oidc = OidcSettings(
            issuer=found.issuer, client_id=CLIENT, allowed_domains=["example.com"], default_role=Role.CONTRIBUTOR
        )
        server.workspace.settings.auth = AuthSettings(oidc=oidc)
        yield found


@pytest.fixture
def sign_in(client: TestClient, double: ProviderDouble) -> Callable[..., Any]:
    def go(*, then: str = "", **query: str) -> Any:
        begun = client.get(BEGIN, params={"then": then})
        assert begun.status_code == 303, begun.text
        back = {**double.authorize(begun.headers["location"]), **query}
        return client.get(BACK, params=back)

    return go


def accounts(server: Server) -> list[tuple[str, str]]:
    with server.workspace.store.transaction() as session:
        return [(user.email, user.role) for user in users(session)]


def test_the_first_sign_in_makes_an_account_with_the_default_role(
    server: Server, client: TestClient, sign_in: Callable[..., Any]
) -> None:
    assert BEGIN in client.get("/sign-in").text
    answer = sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert accounts(server) == [("anna@example.com", "contributor")]
    me = client.get("/api/v1/me").json()
    assert (me["who"], me["role"]) == ("anna@example.com", "contributor")
    client.cookies.clear()
    assert sign_in().status_code == 303
    assert len(accounts(server)) == 1
    for then, place in (("/backlog?x=1", "/backlog?x=1"), ("//elsewhere.com", "/"), ("https://elsewhere.com", "/")):
        assert sign_in(then=then).headers["location"] == place


def test_an_account_that_there_is_keeps_its_role(server: Server, client: TestClient, sign_in: Any, double: Any) -> None:
    with server.workspace.store.transaction() as session:
        add_user(session, "ben@partner.com", Role.APPROVER, PASSWORD)
    double.claims = {"email": "Ben@Partner.com"}
    assert sign_in().status_code == 303
    assert client.get("/api/v1/me").json()["role"] == "approver"


def test_a_user_who_is_disabled_stays_out(server: Server, client: TestClient, sign_in: Any) -> None:
    with server.workspace.store.transaction() as session:
        add_user(session, "anna@example.com", Role.PLANNER, None)
        disable_user(session, "anna@example.com")
    assert sign_in().status_code == 401
    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "eve@elsewhere.com"},
        {"email": "eve@example.com.elsewhere.com"},
        {"email": "eve@sub.example.com"},
        {"email": "eve@elsewhere.com@example.com"},
        {"email": "stra\u00dfe@example.com"},
        {"email_verified": False},
        {"email_verified": None},
        {"email": None},
        {"email": ["anna@example.com"]},
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"iss": "https://elsewhere.com"},
        {"exp": 1},
        {"exp": None},
    ],
    ids=str,
)
def test_who_is_not_vouched_for_stays_out(
    server: Server, client: TestClient, sign_in: Any, double: Any, claims: dict[str, Any]
) -> None:
    double.claims = claims
    answer = sign_in()
    assert answer.status_code == 401, answer.text
    assert accounts(server) == []
    assert client.get("/api/v1/me").status_code == 401
    assert SECRET not in answer.text


def test_what_is_not_signed_by_the_provider_is_not_believed(server: Server, sign_in: Any, double: Any) -> None:
    double.key = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
    assert sign_in().status_code == 401
    double.header, double.key = {"alg": "HS256", "kid": "one"}, OctKey.generate_key(256)
    assert sign_in().status_code == 401
    assert accounts(server) == []


def test_an_attempt_is_good_for_its_own_browser_and_once(server: Server, client: TestClient, double: Any) -> None:
    begun = client.get(BEGIN)
    cookie = begun.headers["set-cookie"].casefold()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    back = double.authorize(begun.headers["location"])
    assert client.get(BACK, params={**back, "state": "another"}).status_code == 401
    client.cookies.clear()
    assert client.get(BACK, params=back).status_code == 401, "another browser"
    assert client.get(BACK).status_code == 401
    client.get(BEGIN)
    assert client.get(BACK, params=back).status_code == 401, "the answer to another attempt"
    assert accounts(server) == []


def test_an_email_that_only_userinfo_has_counts_for_the_same_person(server: Server, sign_in: Any, double: Any) -> None:
    double.claims = {"email": None, "email_verified": None}
    double.userinfo = {"sub": "43", "email": "anna@example.com", "email_verified": True}
    assert sign_in().status_code == 401
    double.userinfo["sub"] = "42"
    assert sign_in().status_code == 303


def test_a_provider_that_refuses_or_is_gone_is_told_without_secrets(
    server: Server, client: TestClient, sign_in: Any, double: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = sign_in(code="", error="<script>access_denied")
    assert answer.status_code == 401
    assert "<script>" not in answer.text
    assert sign_in(iss="https://elsewhere.com").status_code == 401
    assert sign_in(code="guessed").status_code == 401
    double.metadata = {"issuer": "https://elsewhere.com"}
    client.app.state.oidc = None  # type: ignore[attr-defined]
    assert client.get(BEGIN).status_code == 503
    double.metadata = {"token_endpoint": "http://elsewhere.com/token"}
    assert client.get(BEGIN).status_code == 503
    told = capsys.readouterr()
    assert SECRET not in told.out + told.err
    assert "guessed" not in told.err


def test_without_a_provider_nothing_is_offered(
    server: Server, client: TestClient, monkeypatch: pytest.MonkeyPatch, double: Any
) -> None:
    monkeypatch.delenv(CLIENT_SECRET)
    assert not is_offered(server)
    assert client.get(BEGIN).status_code == 404
    with pytest.raises(NoClientSecret):
        check_oidc(server.workspace.settings)
    server.workspace.settings.auth = AuthSettings()
    assert client.get(BACK, params={"code": "x", "state": "y"}).status_code == 404
    assert BEGIN not in client.get("/sign-in").text
