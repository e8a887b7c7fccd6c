"""Addresses of the API."""

from __future__ import annotations

from django.urls import include, path, re_path, register_converter
from django.urls.converters import IntConverter
from rest_framework.routers import SimpleRouter

from followup.api.document import DocumentationView, DocumentView
from followup.api.resources.audit_events import AuditEventView
from followup.api.resources.care_sessions import CareSessionView
from followup.api.resources.exports import ExportView
from followup.api.resources.follow_ups import FollowUpView
from followup.api.resources.messages import MessageView
from followup.api.resources.opt_outs import OptOutView
from followup.api.resources.patients import PatientView
from followup.api.resources.plans import PlanView
from followup.api.resources.responses import ResponseView
from followup.api.resources.reviews import ReviewView
from followup.api.resources.shifts import ShiftView
from followup.api.resources.signals import SignalView
from followup.api.resources.staff import StaffView, TokenView
from followup.api.resources.surveys import SurveyVersionView, SurveyView
from followup.api.resources.webhooks import WebhookDeliveryView, WebhookView
from followup.api.views import NoSuchAddress


class BigIntConverter(IntConverter):
    """An id that fits PostgreSQL's bigint; a longer one is no address."""

    regex = "[0-9]{1,18}"


register_converter(BigIntConverter, "bigint")

router = SimpleRouter(use_regex_path=False)
router.register("patients", PatientView, "patient")
router.register("care-sessions", CareSessionView, "care-session")
router.register("surveys", SurveyView, "survey")
router.register("surveys/<slug:key>/versions", SurveyVersionView, "survey-version")
router.register("plans", PlanView, "plan")
router.register("follow-ups", FollowUpView, "follow-up")
router.register("responses", ResponseView, "response")
router.register("messages", MessageView, "message")
router.register("signals", SignalView, "signal")
router.register("reviews", ReviewView, "review")
router.register("opt-outs", OptOutView, "opt-out")
router.register("staff", StaffView, "staff")
router.register("staff/shifts", ShiftView, "shift")
router.register("tokens", TokenView, "token")
router.register("webhooks", WebhookView, "webhook")
router.register("webhook-deliveries", WebhookDeliveryView, "webhook-delivery")
router.register("exports", ExportView, "export")
router.register("audit-events", AuditEventView, "audit-event")

urlpatterns = [
    path("schema/", DocumentView.as_view(), name="api-schema"),
    path("docs/", DocumentationView.as_view(), name="api-docs"),
    path("v1/", include(router.urls)),
    re_path("", NoSuchAddress.as_view()),
]
