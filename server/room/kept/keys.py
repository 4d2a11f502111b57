"""Codes and keys. A code is for the board and is soon known to all; a key proves who one is, and only its digest is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets

SIGNS = "346789ABCDEFGHJKMNPQRTUVWXYZ"
"""28, none of which look alike: no 0 O, 1 I L, 5 S, 2."""
LENGTH = 4


def new_code() -> str:
    return "".join(secrets.choice(SIGNS) for _ in range(LENGTH))


def code_of(text: str) -> str:
    """As it is kept."""
    return text.strip().upper()


def new_key() -> str:
    """128 bits."""
    return secrets.token_urlsafe(16)


def new_room() -> str:
    return secrets.token_urlsafe(12)


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def same(key: str, kept: str) -> bool:
    """In the same time whatever they are."""
    return hmac.compare_digest(digest(key), kept)
