"""A first word with the Redis of a URL, before anything is served."""

from __future__ import annotations

import ssl
from contextlib import closing

from redis import Redis
from redis.exceptions import AuthenticationError, ConnectionError, RedisError, ResponseError, TimeoutError

WAITS = 2.0
"""Seconds that it is given."""


def refused(url: str) -> str | None:
    """Why it will not do, in words that hold no password; None where it does, and where it does not answer."""
    try:
        client = Redis.from_url(url, socket_timeout=WAITS, socket_connect_timeout=WAITS)
    except (ValueError, TypeError) as error:
        return str(error).rstrip(".")
    with closing(client):
        try:
            client.publish("chainrule:probe", b"")
        except (AuthenticationError, ResponseError) as error:  # a wrong password, none, or what it may not do
            return "it asks for a password" if "HELLO must be called" in str(error) else str(error).rstrip(".")
        except (ConnectionError, TimeoutError, OSError) as error:
            return str(error).rstrip(".") if isinstance(_root(error), ssl.SSLError) else None
        except (RedisError, ValueError, TypeError) as error:  # something else answers there, or an option makes no sense
            return str(error).rstrip(".")
    return None


def answers(url: str) -> bool:
    """Whether anything does now, of a URL that nothing is wrong with."""
    try:
        with closing(Redis.from_url(url, socket_timeout=WAITS, socket_connect_timeout=WAITS)) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False


def _root(error: BaseException) -> BaseException:
    while (before := error.__cause__ or error.__context__) is not None:
        error = before
    return error
