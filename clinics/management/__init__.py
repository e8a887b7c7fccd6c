"""Commands of the room: first steps without the pages, and the check of the audit log."""
