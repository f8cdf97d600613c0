"""Small form pages that change a profile; they work in a dialog and without scripts alike."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import OrgRequest, member_view
from accounts.plain_forms import PlainForm
from providers import services
from providers.forms import (
    AnswerForm,
    CertificateForm,
    EditProviderForm,
    MetricForm,
    ProviderForm,
    SiteForm,
)
from providers.models import Certificate, Provider, Site
from providers.reference import knock_out_questions, sub_criteria


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_providers")
def add(request: OrgRequest) -> HttpResponse:
    """Add a provider by hand."""
    form = ProviderForm(request.POST or None)
    made = form.save_by(lambda data: services.add_provider(actor=request.user, **data))
    if isinstance(made, Provider):
        messages.success(request, f"Added {made.name}.")
        return redirect(_profile_url(request, made))
    return _form_page(request, form, title="Add a provider", button="Add provider")


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_providers")
def edit(request: OrgRequest, pk: int) -> HttpResponse:
    """Change the facts of a provider."""
    provider = get_object_or_404(Provider, pk=pk)
    facts = {
        "name": provider.name,
        "summary": provider.summary,
        "founded": provider.founded,
        "delivery_headcount": provider.delivery_headcount,
        "languages": ", ".join(provider.languages),
    }
    form = EditProviderForm(request.POST or None, initial=facts)
    if form.save_by(lambda data: services.edit_provider(actor=request.user, provider=provider, **data)):
        return _back(request, provider, "Profile saved.")
    return _form_page(request, form, title=f"Edit {provider.name}", provider=provider)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_providers")
def site(request: OrgRequest, pk: int, site_pk: int | None = None) -> HttpResponse:
    """Add a place of delivery, or change one."""
    provider = get_object_or_404(Provider, pk=pk)
    row: Site | None = get_object_or_404(Site, pk=site_pk, provider=provider) if site_pk is not None else None
    initial = {"place": row.place, "country": row.country, "time_zone": row.time_zone} if row else None
    form = SiteForm(request.POST or None, initial=initial)
    if form.save_by(lambda data: services.set_site(actor=request.user, provider=provider, site=row, **data)):
        return _back(request, provider, "Site saved.")
    removal = _url(request, "remove_site", pk=pk, site_pk=row.pk) if row else ""
    title = f"Change {row}" if row else "Add a site"
    return _form_page(request, form, title=title, provider=provider, removal=removal, thing="site")


@require_POST
@member_view(can="edit_providers")
def remove_site(request: OrgRequest, pk: int, site_pk: int) -> HttpResponse:
    """Remove a place of delivery."""
    provider = get_object_or_404(Provider, pk=pk)
    row: Site = get_object_or_404(Site.objects.select_related("provider"), pk=site_pk, provider=provider)
    services.remove_site(actor=request.user, site=row)
    return _back(request, provider, f"Removed {row}.")


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_providers")
def certificate(request: OrgRequest, pk: int, certificate_pk: int | None = None) -> HttpResponse:
    """Add a certificate, or change one."""
    provider = get_object_or_404(Provider, pk=pk)
    row: Certificate | None = (
        None
        if certificate_pk is None
        else get_object_or_404(Certificate, pk=certificate_pk, provider=provider)
    )
    names = ("name", "scope", "valid_until_on", "evidence")
    form = CertificateForm(
        request.POST or None, initial={name: getattr(row, name) for name in names} if row else None
    )
    if form.save_by(
        lambda data: services.set_certificate(actor=request.user, provider=provider, certificate=row, **data),
    ):
        return _back(request, provider, "Certificate saved.")
    removal = _url(request, "remove_certificate", pk=pk, certificate_pk=row.pk) if row else ""
    title = f"Change {row}" if row else "Add a certificate or report"
    return _form_page(request, form, title=title, provider=provider, removal=removal, thing="certificate")


@require_POST
@member_view(can="edit_providers")
def remove_certificate(request: OrgRequest, pk: int, certificate_pk: int) -> HttpResponse:
    """Remove a certificate."""
    provider = get_object_or_404(Provider, pk=pk)
    row: Certificate = get_object_or_404(
        Certificate.objects.select_related("provider"), pk=certificate_pk, provider=provider
    )
    services.remove_certificate(actor=request.user, certificate=row)
    return _back(request, provider, f"Removed {row}.")


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_providers")
def value(request: OrgRequest, pk: int, code: str) -> HttpResponse:
    """Record the value of one sub-criterion."""
    provider = get_object_or_404(Provider, pk=pk)
    sub = sub_criteria().get(code)
    if sub is None or sub.kept_with != "provider":
        raise Http404
    row = provider.metrics.filter(sub_criterion=code).first()
    names = ("value", "evidence", "source", "valid_from_on", "valid_until_on")
    initial = {name: getattr(row, name) for name in names} if row else None
    form = MetricForm(request.POST or None, initial=initial, sub=sub)
    if form.save_by(
        lambda data: services.set_metric(actor=request.user, provider=provider, sub_criterion=code, **data),
    ):
        return _back(request, provider, f"{code} saved.", anchor=code)
    return _form_page(request, form, title=f"{sub.code} {sub.name}", provider=provider, sub=sub)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_providers")
def answer(request: OrgRequest, pk: int, code: str) -> HttpResponse:
    """Record the answer to one knock-out question."""
    provider = get_object_or_404(Provider, pk=pk)
    question = knock_out_questions().get(code)
    if question is None:
        raise Http404
    row = provider.answers.filter(question=code).first()
    names = ("value", "evidence", "comment")
    initial = {name: getattr(row, name) for name in names} if row else {"value": ""}
    form = AnswerForm(request.POST or None, initial=initial)
    is_saved = form.save_by(
        lambda data: (
            services.set_answer(actor=request.user, provider=provider, question=code, **data) or True
        ),
    )
    if is_saved:
        return _back(request, provider, f"Answer {code} saved.", anchor=code)
    return _form_page(request, form, title=f"{code} Answer", provider=provider, question=question)


def _form_page(
    request: OrgRequest, form: PlainForm, *, title: str, provider: Provider | None = None, **more: object
) -> HttpResponse:
    """Show a form; a dialog gets the piece, and a refused form says so in its status."""
    template = "providers/_form.html" if request.headers.get("X-Dialog") else "providers/form.html"
    context = {"form": form, "title": title, "provider": provider, "action": request.path, **more}
    return render(request, template, context, status=422 if form.errors else 200)


def _back(request: OrgRequest, provider: Provider, text: str, *, anchor: str = "") -> HttpResponse:
    messages.success(request, text)
    return redirect(_profile_url(request, provider) + (f"#{anchor}" if anchor else ""))


def _profile_url(request: OrgRequest, provider: Provider) -> str:
    return _url(request, "profile", pk=provider.pk)


def _url(request: OrgRequest, name: str, **kwargs: int) -> str:
    return reverse(f"providers:{name}", kwargs={"organisation": request.organisation.slug, **kwargs})
