"""Settings, addresses, the frame around every page and the commands that span the apps."""

from lpo.celery import app as celery_app

__all__ = ["celery_app"]
