"""Pure rules of the room: who acts, and what each role may do."""
