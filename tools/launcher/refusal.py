"""The one exception by which a command ends with a sentence instead of a traceback."""


class Refusal(Exception):
    """The command cannot go on; the message is one sentence that says what to do."""
