"""One job a file: the planner decides what a turn is about, the explainer words it. Neither keeps state."""
