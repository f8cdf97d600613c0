"""Codes of an authenticator app, computed here from the key as RFC 6238 says, not by the code under test."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time


def code_of(key: str, *, steps: int = 0, at: float | None = None) -> str:
    """Give the code that an app shows; ``steps`` of 30 seconds later or earlier."""
    counter = int((time.time() if at is None else at) // 30) + steps
    digest = hmac.new(base64.b32decode(key), struct.pack(">Q", counter), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    return str((struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000).zfill(6)
