"""A research summary as files that a researcher takes away: one module a format, each with one `write_...` function."""
