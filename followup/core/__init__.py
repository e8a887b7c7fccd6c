"""Pure rules of the room: plans, the life of a follow-up, triage, deadlines."""
