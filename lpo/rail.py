"""The frame around every page: organisation, role, and the seven steps with where the case stands."""
from django.http import HttpRequest
def frame(request: HttpRequest) -> dict[str, object]:
    return {}
