"""A large invented organisation for pilots and measurements, made by `manage.py load_synthetic`."""

from lpo.synthetic.loading import DEFAULT_SLUG, ForeignOrganisationError, Loaded, load_synthetic

__all__ = ["DEFAULT_SLUG", "ForeignOrganisationError", "Loaded", "load_synthetic"]
