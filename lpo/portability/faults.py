"""What is wrong with a file, in a sentence."""


class PortabilityFault(ValueError):  # noqa: N818 - it says what is the matter, as a person would
    """An organisation was not written or not read; the message is fit for the command line."""
