"""The staff pages: doors that translate a request, make one call and translate the answer back."""
