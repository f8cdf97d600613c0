"""Why a backup or a restore was not done, in a sentence."""


class BackupFault(ValueError):  # noqa: N818 - it says what is the matter, as a person would
    """Nothing was changed, or what was begun was taken back; the message is fit for the command line."""
