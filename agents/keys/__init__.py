"""The key guard: what in a text would give away the key of an open exercise, in whatever form it is written."""
