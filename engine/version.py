"""The version of the arithmetic. It rises whenever a figure could come out differently."""

ENGINE_VERSION = "1.1.0"
