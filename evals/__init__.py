"""Scored runs: what the constants were fitted with, and what the figures in docs/LOG.md come from."""
