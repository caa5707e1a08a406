"""Exam papers as files: one module a format, each with one function from a paper to the files' names and bytes."""
