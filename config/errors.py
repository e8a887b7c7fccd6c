"""Error reports to Sentry, without anything a patient said or was."""

from typing import Any

import sentry_sdk

from privacy.redaction import redact


def report_errors_to(dsn: str) -> None:
    """Send errors to `dsn`; an empty one sends nothing anywhere."""
    if not dsn:
        return
    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=scrub,
    )


def scrub(event: Any, hint: dict[str, Any]) -> Any:
    """Drop the request but for its method, and mask numbers, addresses and tokens in messages."""
    request = event.get("request") or {}
    event["request"] = {"method": request.get("method")}
    for exception in (event.get("exception") or {}).get("values") or []:
        exception["value"] = redact(str(exception.get("value")))
    logged = event.get("logentry") or {}
    for name in ("message", "formatted"):
        if name in logged:
            logged[name] = redact(str(logged[name]))
    logged.pop("params", None)
    event.pop("user", None)
    event.pop("breadcrumbs", None)
    return event
