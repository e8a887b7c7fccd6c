"""The URL map: each room brings its own addresses."""

from django.urls import URLPattern, URLResolver, include, path

from config import health, metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", health.livez),
    path("healthz", health.livez),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("webhooks/", include("messaging.urls")),
    path("api/", include("followup.api.urls")),
    path("operations/", include("watch.web.urls")),
    path("", include("followup.web.urls")),
]
