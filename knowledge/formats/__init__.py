"""The formats that documents come in: one file a format, each from bytes to the same `Content`."""
