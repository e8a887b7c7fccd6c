"""The OpenAPI document as it is served: written once a process, because anybody may ask for it."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request

from followup.api.throttles import ClientThrottle


class DocumentView(SpectacularAPIView):
    """`/api/schema/`, as YAML or, by Accept or `?format=json`, as JSON."""

    throttle_classes = [ClientThrottle]

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        as_json = renderer.format.endswith("json")
        return HttpResponse(written(as_json=as_json), content_type=renderer.media_type)


class DocumentationView(SpectacularSwaggerSplitView):
    """`/api/docs/`: the document as a page that loads nothing from elsewhere and runs no inline script."""

    url_name = "api-schema"
    template_name = "followup/api_docs.html"
    throttle_classes = [ClientThrottle]


@cache
def written(*, as_json: bool) -> str | bytes:
    """The document as JSON or YAML."""
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # has no types
    renderer = OpenApiJsonRenderer() if as_json else OpenApiYamlRenderer()
    return renderer.render(document, renderer_context={})
