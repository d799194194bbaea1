"""What can go wrong in the host."""


class StartupError(Exception):
    """The app cannot be hosted; the message says which function or setting is at fault."""


class FunctionError(Exception):
    """A function raised, or ran longer than `functionTimeout`; the message is the worker's."""
