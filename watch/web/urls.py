"""Addresses of the operations page and of what is done there."""

from django.urls import path

from watch.web import operations

urlpatterns = [
    path("", operations.operations, name="operations"),
    path("rows/", operations.operations_rows, name="operations-rows"),
    path("alerts/<uuid:alert_id>/acknowledge/", operations.acknowledge, name="alert-acknowledge"),
    path("sender/resume/", operations.resume, name="sender-resume"),
    path("texts/<uuid:message_id>/", operations.settle, name="text-settle"),
    path("texts/<uuid:message_id>/retry/", operations.retry, name="text-retry"),
    path("texts/<uuid:message_id>/give-up/", operations.give_up, name="text-give-up"),
    path("texts/<uuid:message_id>/handle-again/", operations.handle_again, name="text-handle-again"),
]
