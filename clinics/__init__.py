"""Clinics and their staff, what each role may do, and the record of who did or saw what."""
