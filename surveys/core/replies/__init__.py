"""Understanding what people text back: the reader of replies and the safety screen beside it."""
