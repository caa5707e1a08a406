"""The LangGraph graphs: a turn of a conversation and an exam. Only this package imports langgraph."""
