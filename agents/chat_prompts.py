"""A prompt as the messages of a chat: the rules as the system's, the data as the learner's."""

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from agents.prompting import blocks


def chat(agent: str, language: str, **values: object) -> list[BaseMessage]:
    """The messages that ask with an agent's prompt; what is the same in every call comes first."""
    rules, data = blocks(agent, language, **values)
    return [SystemMessage(content=rules), HumanMessage(content=data)]
