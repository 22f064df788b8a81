"""Asking an endpoint of the OpenAI kind: retries, a cache on disk, limits on what is read, and an account of it all.

What an endpoint sends is untrusted: it is read up to a size and a deadline, decoded into fixed types and never run. The
key comes from the environment, goes into one header, and is written nowhere.
"""

from __future__ import annotations

import datetime
import email.utils
import hashlib
import logging
import os
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from benchmark.errors import InvalidInput, MissingExtra, SommetError, one_line, shorten
from benchmark.files import write_atomic

ENDPOINT = "SOMMET_LLM_ENDPOINT"
KEY = "SOMMET_LLM_KEY"
_LOCAL = "http://localhost:8000/v1"

CACHE_VERSION = 1
_MAX_BYTES = 2 * 2**20
_LONGEST_WAIT = 60.0  # seconds; a server that asks for more gets the next try earlier
_RETRIED = {408, 409, 425, 429, 500, 502, 503, 504}
_UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)

T = TypeVar("T")


class EndpointFailed(SommetError):
    """An endpoint that gives no answer."""


class Account(msgspec.Struct):
    """What was asked and what came of it. Tokens are those of answers that came over the network, as the server counts."""

    requests: int = 0
    retries: int = 0
    cached: int = 0
    truncated: int = 0
    malformed: int = 0
    unanswered: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Message(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Completion(msgspec.Struct):
    choices: list[_Choice]
    usage: _Usage | None = None


class Client:
    """Asks, and asks again.

    Args:
        timeout: seconds for one answer, from the request to its last byte.
        attempts: requests for one answer, the first included.
        backoff: seconds before the second request; doubled before each one after it.
        cache: folder of the answers that were good.
        account: what is done is added to it.

    Raises:
        InvalidInput: the endpoint or the key in the environment is none.
        MissingExtra: httpx is not installed.
    """

    def __init__(self, timeout: float, attempts: int, backoff: float, cache: Path, account: Account) -> None:
        try:
            import httpx
        except ImportError as error:
            raise MissingExtra("httpx", "llm") from error
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it would print a line for each request
        self._httpx = httpx
        self._url = _checked(os.environ.get(ENDPOINT) or _LOCAL) + "/chat/completions"
        self._timeout, self._attempts, self._backoff, self._cache = timeout, attempts, backoff, cache
        self._lock, self._stop = threading.Lock(), threading.Event()
        self.account = account
        _headers()

    def stop(self) -> None:
        """End all waiting: whoever is between two requests fails."""
        self._stop.set()

    def ask(self, body: Mapping[str, Any], read: Callable[[str], T]) -> T | None:
        """What ``read`` makes of the answer to ``body``; ``None`` when no attempt gave an answer that it can read.

        The cache is keyed by ``body`` (model, messages, schema, sampling), not by the endpoint.

        Args:
            read: raises a ``msgspec.MsgspecError``, ``ValueError`` or ``RecursionError`` for an answer of no use.

        Raises:
            EndpointFailed: the endpoint refuses, or the last attempt got no answer at all.
        """
        path = self._cache / f"{cache_key(body)}.json"
        try:
            found = read(path.read_bytes().decode())
        except (OSError, *_UNREADABLE):
            pass  # not there, or damaged: asked for again
        else:
            self._count(cached=1)
            return found
        reason, wait = "", 0.0
        with self._httpx.Client(timeout=self._timeout, headers=_headers(), verify=_trusted()) as http:
            for attempt in range(self._attempts):
                if attempt:
                    self._count(retries=1)
                    if self._stop.wait(wait):
                        raise EndpointFailed("stopped")
                try:
                    status, headers, data = self._post(http, _reseeded(body, attempt))
                except (self._httpx.RequestError, _TooLong) as error:
                    reason, wait = f"{type(error).__name__} {error}".strip(), self._wait(attempt, {})
                    continue
                if status in _RETRIED:
                    reason, wait = _says(status, data), self._wait(attempt, headers)
                    continue
                if status != 200:
                    raise EndpointFailed(f"the endpoint refuses: {_says(status, data)}")
                reason, wait = "", 0.0
                try:
                    content = self._content(data)
                    found = read(content)
                    kept = content.encode()
                except _UNREADABLE:
                    self._count(malformed=1)
                    continue
                write_atomic(path, kept)
                return found
        if reason:
            raise EndpointFailed(f"no answer in {self._attempts} attempts; the last: {reason}")
        self._count(unanswered=1)
        return None

    def _post(self, http: Any, body: Mapping[str, Any]) -> tuple[int, Mapping[str, str], bytes]:
        self._count(requests=1)
        deadline = time.monotonic() + self._timeout
        with http.stream("POST", self._url, content=msgspec.json.encode(body)) as response:
            data = bytearray()
            for piece in response.iter_bytes():
                data += piece
                if len(data) > _MAX_BYTES:
                    # Cut off, it is no JSON any more.
                    break
                if time.monotonic() > deadline:
                    raise _TooLong(f"after {self._timeout:g} s")
            return response.status_code, response.headers, bytes(data[:_MAX_BYTES])

    def _content(self, data: bytes) -> str:
        completion = msgspec.json.decode(data, type=_Completion)
        if (used := completion.usage) is not None:
            self._count(prompt_tokens=max(0, used.prompt_tokens), completion_tokens=max(0, used.completion_tokens))
        choice = completion.choices[0] if completion.choices else None
        if choice is None or choice.message.content is None:
            raise ValueError("no content")
        if choice.finish_reason == "length":
            self._count(truncated=1)
            raise ValueError("cut off")
        if _key() and _key() in choice.message.content:
            raise ValueError("the key")  # it would be kept in the cache
        return choice.message.content

    def _wait(self, attempt: int, headers: Mapping[str, str]) -> float:
        asked = _retry_after(headers.get("retry-after", ""))
        return min(_LONGEST_WAIT, self._backoff * 2**attempt if asked is None else asked)

    def _count(self, **more: int) -> None:
        with self._lock:
            for name, n in more.items():
                setattr(self.account, name, getattr(self.account, name) + n)


class _TooLong(Exception):
    """An answer that drips in for longer than it may take."""


@lru_cache(1)
def _trusted() -> ssl.SSLContext:
    """Certificates that are trusted: read once, not for each document."""
    import httpx

    return httpx.create_ssl_context()


def cache_key(body: Mapping[str, Any]) -> str:
    """Name of the answer to a request."""
    return hashlib.sha256(msgspec.json.encode([CACHE_VERSION, body], order="sorted")).hexdigest()


def _reseeded(body: Mapping[str, Any], attempt: int) -> Mapping[str, Any]:
    """The request of an attempt: with the same seed a server that gave a bad answer would give it again."""
    return {**body, "seed": body["seed"] + attempt} if "seed" in body else body


def _checked(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    fine = parts.scheme in ("http", "https") and parts.hostname and not parts.username and not parts.query
    if not fine:
        # Not shown: it may hold a password.
        raise InvalidInput(f"${ENDPOINT} is no endpoint", f"an address such as {_LOCAL}, without user or query")
    if parts.scheme == "http" and _key() and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise InvalidInput(f"${KEY} would go over plain http", "https, or an endpoint on this machine")
    return endpoint.rstrip("/")


def _key() -> str:
    return os.environ.get(KEY, "").strip()


def _headers() -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
    if key := _key():
        if not (key.isascii() and key.isprintable()):
            raise InvalidInput(f"${KEY} is no key", "printable ASCII")
        headers["Authorization"] = f"Bearer {key}"
    return headers


def _says(status: int, data: bytes) -> str:
    """Status and the beginning of what came with it, on one line and without the key, should a server send it back."""
    text = " ".join(data[:2000].decode("utf-8", "replace").split())
    if key := _key():
        text = text.replace(key, "***")
    return one_line(f"status {status}: {shorten(text, 200)}" if text else f"status {status}")


def _retry_after(value: str) -> float | None:
    """Seconds that a ``Retry-After`` header asks for, given as seconds or as a date; ``None`` without one."""
    if value.strip().isascii() and value.strip().isdigit():
        return float(value.strip()[:9])
    try:
        until = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=datetime.UTC)
    return max(0.0, (until - datetime.datetime.now(datetime.UTC)).total_seconds())
