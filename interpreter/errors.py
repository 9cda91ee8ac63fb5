"""The errors of the interpreter: one small tree.

Every message is one sentence that names the bad value, what is allowed, and what to type next.
Only the edge (the command line, the web server) catches them.
"""


class InterpreterError(Exception):
    """Something the person at the machine can mend; ``str(error)`` tells them how."""


class ChoiceError(InterpreterError):
    """An option was given a value that is none of its choices."""


class AudioError(InterpreterError):
    """The audio cannot be read, holds no usable samples, or cannot be written."""


class LanguageError(InterpreterError):
    """A tag that is no language, or one that no installed engine serves."""


class ModelError(InterpreterError):
    """models.txt, a checkpoint, the lock file or the hub is not as it should be."""


class PhrasebookError(InterpreterError):
    """A phrasebook file has a line that cannot be used."""


class TextError(InterpreterError):
    """The text is empty or cannot be used."""
