"""The patients' web form: pages behind one-time links."""
