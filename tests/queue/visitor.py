"""A person without a browser: signs in, sends forms with their token, keeps cookies."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.client import HTTPMessage
from http.cookiejar import CookieJar

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SECONDS = 20


@dataclass(frozen=True)
class Reply:
    """What came back, after redirects."""

    status: int
    url: str
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Visitor:
    """Talks to one address over real HTTP."""

    def __init__(self, address: str, email: str = "", password: str = "sample-only") -> None:
        self.address = address
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), urllib.request.ProxyHandler({})
        )
        if email:
            landed = self.send("/accounts/login/", login=email, password=password)
            assert "/accounts/login/" not in landed.url, landed.text

    def get(self, path: str) -> Reply:
        return self._ask(urllib.request.Request(self._url(path)))

    def send(self, path: str, **fields: str) -> Reply:
        """Open the page of a form, then send it."""
        token = TOKEN.search(self.get(path).text)
        assert token, f"no form at {path}"
        body = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": token.group(1)}).encode()
        return self._ask(urllib.request.Request(self._url(path), body, {"Referer": self._url(path)}))

    def _url(self, path: str) -> str:
        return path if path.startswith("http") else f"{self.address}{path}"

    def _ask(self, request: urllib.request.Request) -> Reply:
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                return Reply(answer.status, answer.url, answer.headers, answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return Reply(refused.code, refused.url, refused.headers, refused.read())
