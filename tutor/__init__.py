"""The product: the tutor, its learner model, its exams and its evaluation."""
