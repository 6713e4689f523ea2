# Verifies a webhook of DCVaaS. Python 3.9 or newer, without any library.
import base64
import hashlib
import hmac
import os
import sys
import time


def verify(secret: str, id: str, timestamp: str, signatures: str, body: bytes) -> bool:
    """`body` is the raw body, before any parsing."""
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > 300:
        return False  # older than 5 minutes: a replay
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{id}.{timestamp}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(digest)
    return any(hmac.compare_digest(expected, given.encode()) for given in signatures.split(" "))


headers = (os.environ[name] for name in ("WEBHOOK_ID", "WEBHOOK_TIMESTAMP", "WEBHOOK_SIGNATURE"))
sys.exit(0 if verify(os.environ["WEBHOOK_SECRET"], *headers, sys.stdin.buffer.read()) else 1)
