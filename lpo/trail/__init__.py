"""The audit trail page: who did what when, and what it was before."""
