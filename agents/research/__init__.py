"""The research assistant: a question over documents becomes a summary in which every sentence can be audited."""
