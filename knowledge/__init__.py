"""What is true and where it is written: courses, documents, passages, index, retrieval, fact check.

Nothing here knows of an agent, a chat model or a learner.
"""
