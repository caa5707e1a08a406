"""How good the learner model and the planner are: predictions on logs of answers, and study by simulated students."""
