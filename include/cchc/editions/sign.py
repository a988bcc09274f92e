"""Records that vouch for an edition: sealed by a hash, and signed with Ed25519 where the office has a key.

The key is a PEM text (PKCS 8, without a password) or the path of one, e.g. from ``openssl genpkey -algorithm ed25519``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from cchc.errors import PermanentError
from cchc.verify import seal


def sealed(record: dict[str, Any], key: Ed25519PrivateKey | None) -> dict[str, Any]:
    """The record with ``public_key``, ``seal`` and ``signature``; both keys are empty where nobody signs."""
    public = key.public_key().public_bytes_raw().hex() if key else ""
    whole = record | {"public_key": public}
    whole["seal"] = seal(whole)
    whole["signature"] = key.sign(whole["seal"].encode()).hex() if key else ""
    return whole


def read_key(text: str) -> Ed25519PrivateKey | None:
    """The signing key of the settings; None where none is set. Raises ``PermanentError`` for anything else."""
    if not text:
        return None
    try:
        pem = text.encode() if "PRIVATE KEY" in text else Path(text).read_bytes()
        key = load_pem_private_key(pem, None)
    except (OSError, ValueError, TypeError) as error:
        raise PermanentError(
            "CCHC_SIGNING_KEY is neither a PEM text nor the path of one; see docs/settings.md"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise PermanentError("CCHC_SIGNING_KEY is no Ed25519 key: openssl genpkey -algorithm ed25519 makes one")
    return key
