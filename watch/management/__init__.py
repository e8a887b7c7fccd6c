"""The command that watches without any other part of the service."""
