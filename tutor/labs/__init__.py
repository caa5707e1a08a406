"""The labs as a learner sees them: texts in both languages, figures, and what this run showed."""
