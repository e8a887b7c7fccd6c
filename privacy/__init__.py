"""The room that knows nothing of the others: how personal text is hidden, sealed, hashed and recognised."""
