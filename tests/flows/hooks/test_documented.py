"""What docs/webhooks.md tells a receiver to do is right."""

import re
from pathlib import Path

from notifications.hook_signature import hook_secret, shown_secret, signed_headers
from tests.flows.hooks.conftest import NOON

DOCUMENT = Path(__file__).parents[3] / "docs/webhooks.md"


def test_the_signature_is_verified_as_the_document_says():
    known: dict = {}
    [example] = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    exec(compile(example, DOCUMENT.name, "exec"), known)
    is_ours, secret = known["is_ours"], hook_secret(b"k" * 32, "salt")
    body, now = '{"task":"甲-1"}'.encode(), NOON.timestamp()
    headers = signed_headers(secret, "evt_1", body, NOON)
    shown = shown_secret(secret)

    assert is_ours(shown, headers, body, now)
    assert not is_ours(shown, headers, body + b" ", now)
    assert not is_ours(shown, headers, body, now + 301)
    assert not is_ours(shown, headers | {"webhook-id": "evt_2"}, body, now)
    assert not is_ours(shown_secret(hook_secret(b"j" * 32, "salt")), headers, body, now)
