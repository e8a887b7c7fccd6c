"""Addresses of the room, under /webhooks/."""

from django.urls import path

from messaging import webhooks

urlpatterns = [
    path("twilio/inbound/", webhooks.inbound, name="webhooks-twilio-inbound"),
    path("twilio/status/<str:token>/", webhooks.status, name="webhooks-twilio-status"),
]
