"""Who asks: a program with a token, and what it may do."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Session

from flows.api_clients import client_of, still_let_in
from flows.database import reading
from flows.signoff.actor import Unattended
from models.api_client import ApiClient, Scope
from web.desk import Desk
from web.limits import UNKNOWN, address_of

_BEARER = HTTPBearer(auto_error=False, description="`sise client add NAME --scope read`")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]


async def desk(request: Request) -> Desk:
    kept: Desk = request.app.state.desk
    return kept


def _client(request: Request, credentials: Credentials) -> ApiClient:
    """Raises 401, and TooOften for an address that tries too many tokens."""
    at: Desk = request.app.state.desk
    at.limits.look(UNKNOWN, address_of(request))
    if credentials is not None:
        with reading(at.office.engine) as session:
            if (client := client_of(session, credentials.credentials)) is not None:
                return client
    at.limits.count(UNKNOWN, address_of(request))
    raise _turned_away()


def _turned_away() -> HTTPException:
    return HTTPException(
        401,
        "令牌缺失、有误或已停用 / the token is missing, wrong or revoked",
        {"WWW-Authenticate": "Bearer"},
    )


def _allowed(scope: Scope) -> Callable[[ApiClient], Awaitable[ApiClient]]:
    async def check(client: Annotated[ApiClient, Depends(_client)]) -> ApiClient:
        if not client.may(scope):
            raise HTTPException(403, f"令牌没有“{scope}”权限 / this token has no scope '{scope}'")
        return client

    return check


def require_still(session: Session, client: ApiClient) -> None:
    """Where it writes: whoever was turned away since it asked writes nothing. Raises 401."""
    if still_let_in(session, client) is None:
        raise _turned_away()


def author(client: ApiClient, at: Desk, now: datetime) -> Unattended:
    """Whom the history names for what this program writes."""
    return Unattended(f"{client.name}（接口）", at.today(now), now)


Here = Annotated[Desk, Depends(desk)]
Reader = Annotated[ApiClient, Depends(_allowed(Scope.READ))]
PeopleReader = Annotated[ApiClient, Depends(_allowed(Scope.PEOPLE))]
Writer = Annotated[ApiClient, Depends(_allowed(Scope.WRITE))]
PeopleWriter = Annotated[ApiClient, Depends(_allowed(Scope.DIRECTORY))]
CalendarWriter = Annotated[ApiClient, Depends(_allowed(Scope.CALENDAR))]
