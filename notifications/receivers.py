"""The receivers of webhooks: one POST, and what came of it. Alone imports httpx."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from models.webhook import AttemptOutcome
from notifications.mailer import trust

SECONDS = 15.0  # for the whole of an attempt, however slowly the answer drips
LITTLE = 4096  # octets of an answer that are read, so that the connection can be used again
LONGEST_SAYING = 300


@dataclass(frozen=True, slots=True)
class Answer:
    outcome: AttemptOutcome
    said: str
    status: int | None = None


def is_receiver(address: str) -> bool:
    """Whether a webhook can go there: a whole address, and no name or password in it."""
    try:
        parts = urlsplit(address)
        httpx.URL(address)
        _ = parts.port
    except (ValueError, httpx.InvalidURL):
        return False
    plain = address.isprintable() and not any(map(str.isspace, address)) and "@" not in parts.netloc
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain


@asynccontextmanager
async def receiver(address: str) -> AsyncIterator["Receiver"]:
    """Redirects are not followed: what is signed goes where the office wanted it, or nowhere."""
    client = httpx.AsyncClient(
        follow_redirects=False,
        trust_env=False,
        verify=trust(),
        timeout=SECONDS,
        headers={"user-agent": "Sise", "content-type": "application/json"},
    )
    async with client:
        yield Receiver(client, address)


@dataclass(frozen=True)
class Receiver:
    client: httpx.AsyncClient
    address: str

    async def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        try:
            async with asyncio.timeout(SECONDS):
                return await self._post(body, headers)
        except (TimeoutError, httpx.TimeoutException):
            return Answer(AttemptOutcome.FAILED, f"no answer within {SECONDS:.0f} seconds")
        except (httpx.HTTPError, OSError, ValueError) as error:
            return Answer(AttemptOutcome.FAILED, _words(error)[:LONGEST_SAYING])

    async def _post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        sent = self.client.stream("POST", self.address, content=body, headers=dict(headers))
        async with sent as answer:
            if int(answer.headers.get("content-length", LITTLE + 1)) <= LITTLE:
                async for _ in answer.aiter_raw():
                    pass
            return _answered(answer)


def _answered(answer: httpx.Response) -> Answer:
    said = f"{answer.status_code} {answer.reason_phrase}".strip()[:LONGEST_SAYING]
    if answer.is_success:
        return Answer(AttemptOutcome.TAKEN, said, answer.status_code)
    if answer.is_redirect:
        said += "; redirects are not followed, register the address that it leads to"
    return Answer(AttemptOutcome.REFUSED, said, answer.status_code)


def _words(error: BaseException) -> str:
    """What a person can read: of the certificate or the system, if that is what it was."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return f"TLS failed: {cause.reason or cause}"
        if isinstance(cause, OSError) and cause.errno and cause.errno > 0:
            return os.strerror(cause.errno)
    return " ".join(str(error).split()) or type(error).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
