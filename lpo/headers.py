"""What every answer carries, and the size above which no request is read."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

Answer = Callable[[HttpRequest], HttpResponseBase]

# Nothing of a browser's hardware or payment is ever needed, by us or by anything that is smuggled in.
SWITCHED_OFF = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
FIXED = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in SWITCHED_OFF),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Permitted-Cross-Domain-Policies": "none",
}
NEVER_STORED = "no-store, private"


def fixed_headers(get_response: Answer) -> Answer:
    """Add the headers that are the same on every answer: pages, files, errors, redirects, assets."""

    def answered(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        return response

    return answered


def headers_alone(get_response: Answer) -> Answer:
    """Answer HEAD without a body; its length stays that of the answer to GET.

    The server of the processes would drop the body too, and warn of it each time a monitor looks in.
    """

    def answered(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.method == "HEAD":
            if isinstance(response, StreamingHttpResponse):
                response.streaming_content = ()
            elif isinstance(response, HttpResponse):
                response.content = b""
        return response

    return answered


def never_stored(get_response: Answer) -> Answer:
    """Forbid every cache to keep an answer of ours; stands inside the server of assets, which may be kept.

    Otherwise the back button shows the pages of somebody who signed out, and a shared proxy may hand one
    person's page to another.
    """

    def answered(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response["Cache-Control"] = NEVER_STORED
        return response

    return answered


def bounded_body(get_response: Answer) -> Answer:
    """Refuse a request that announces more than a form may hold, before a byte of it is read.

    Django bounds the fields of a form but not files that come with it: without this anybody could fill the
    disk through the sign-in page. The one page that takes files keeps within it. Raises
    ``RequestDataTooBig``, which becomes a page.
    """

    def bounded(request: HttpRequest) -> HttpResponseBase:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if not announced.isascii() or not announced.isdigit() or int(announced[:20]) > _limit():
            raise RequestDataTooBig("The request is larger than any form.")
        return get_response(request)

    return bounded


def _limit() -> int:
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
