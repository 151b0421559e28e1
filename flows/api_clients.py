"""Programs that may use the API: let in with a token that is shown once, and turned away again."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from flows.named_once import hold_names
from models.api_client import ApiClient, Scope
from models.refusal import Refusal
from notifications.links import token_hash

LONGEST_NAME = 80  # it stands in the history as the author of what the program hands in


def let_in(session: Session, name: str, scopes: Collection[Scope], now: datetime) -> str:
    """Returns the token; the database keeps its hash only. Raises Refusal if the name is taken."""
    name = name.strip()
    hold_names(session)
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise Refusal(
            f"请写明程序的名称（{LONGEST_NAME} 字以内，不含控制字符）",
            f"give the program a name of at most {LONGEST_NAME} characters that can all be seen",
        )
    if _named(session, name) is not None:
        raise Refusal(
            f"已有名为“{name}”的程序；请换一个名称",
            f"there is a program named '{name}' already; take another name",
        )
    token = secrets.token_urlsafe(32)
    said = " ".join(scope for scope in Scope if scope in scopes)
    session.add(ApiClient(name=name, scopes=said, token_hash=token_hash(token), created_at=now))
    return token


def turn_away(session: Session, name: str, now: datetime) -> None:
    """From this moment on; twice is once. Raises Refusal if nobody has the name."""
    client = _named(session, name)
    if client is None:
        raise Refusal(
            f"没有名为“{name}”的程序；sise client list 列出全部",
            f"there is no program named '{name}'; 'sise client list' lists them",
        )
    client.revoked_at = client.revoked_at or now
    session.add(client)


def client_of(session: Session, token: str) -> ApiClient | None:
    """Whose token this is; None if it is nobody's any more."""
    return session.exec(
        select(ApiClient).where(
            ApiClient.token_hash == token_hash(token), col(ApiClient.revoked_at).is_(None)
        )
    ).first()


def still_let_in(session: Session, client: ApiClient) -> ApiClient | None:
    """Held until this act is committed: nobody turns it away meanwhile."""
    wanted = select(ApiClient).where(ApiClient.id == client.id, col(ApiClient.revoked_at).is_(None))
    return session.exec(wanted.with_for_update(read=True)).first()


def all_clients(session: Session) -> Sequence[ApiClient]:
    return session.exec(select(ApiClient).order_by(ApiClient.name)).all()


def _named(session: Session, name: str) -> ApiClient | None:
    return session.exec(select(ApiClient).where(ApiClient.name == name.strip())).first()
