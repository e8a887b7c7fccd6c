"""One file a resource: its bodies, its filters, its doors."""
