"""Signing in: second factor, the company's own sign-in, sessions, passwords and the account pages."""
