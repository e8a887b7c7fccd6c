"""The REST API: doors that check the shape of a request, call one operation or query, and translate the answer."""
