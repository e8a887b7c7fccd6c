"""Addresses of the operations page and of what is done there."""

from django.urls import path

from watch.web import operations

urlpatterns = [
    path("", operations.operations, name="operations"),
    path("rows/", operations.operations_rows, name="operations-rows"),
    path("alerts/<uuid:alert_id>/acknowledge/", operations.acknowledge, name="alert-acknowledge"),
]
