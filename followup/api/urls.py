"""Addresses of the API."""

from __future__ import annotations

from django.urls import include, path, re_path, register_converter
from django.urls.converters import IntConverter
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from followup.api.resources.audit_events import AuditEventView
from followup.api.resources.staff import StaffView, TokenView
from followup.api.views import NoSuchAddress


class BigIntConverter(IntConverter):
    """An id that fits PostgreSQL's bigint; a longer one is no address."""

    regex = "[0-9]{1,18}"


register_converter(BigIntConverter, "bigint")

router = SimpleRouter(use_regex_path=False)
router.register("staff", StaffView, "staff")
router.register("tokens", TokenView, "token")
router.register("audit-events", AuditEventView, "audit-event")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("v1/", include(router.urls)),
    re_path("", NoSuchAddress.as_view()),
]
