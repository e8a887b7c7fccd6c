"""Programs around the project; no part of the service."""
