"""Tokens are keys: uvicorn's access log says that a link was opened, never which."""

import logging
import re

_TOKEN = re.compile(r"(/(?:r|login)/)[^\s?]+", re.IGNORECASE)


class Redacted(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                _TOKEN.sub(r"\1****", arg) if isinstance(arg, str) else arg for arg in record.args
            )
        return True


def redact_access_log() -> None:
    log = logging.getLogger("uvicorn.access")
    if not any(isinstance(known, Redacted) for known in log.filters):
        log.addFilter(Redacted())
