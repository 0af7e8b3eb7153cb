"""The gate as the robots see it, without its address checks: the fakes live on the loopback address."""

from __future__ import annotations

from collections.abc import Callable

import httpx


class OpenGate:
    """Posts JSON with httpx and turns its failures into the operating system's."""

    def post_json(self, url: str, payload: object, *, timeout: float) -> tuple[int, bytes]:
        answer = self._asked(lambda: httpx.post(url, json=payload, timeout=timeout, trust_env=False, verify=False), url)
        return answer.status_code, answer.content

    def reach(self, url: str, *, timeout: float) -> None:
        self._asked(lambda: httpx.get(url, timeout=timeout, trust_env=False, verify=False), url)

    def _asked(self, ask: Callable[[], httpx.Response], url: str) -> httpx.Response:
        try:
            return ask()
        except httpx.TimeoutException:
            raise TimeoutError(f"no answer from {url}") from None
        except httpx.ConnectError as error:
            raise ConnectionRefusedError(f"{url}: {error}") from None
        except httpx.HTTPError as error:
            raise ConnectionResetError(f"{url}: {error}") from None
