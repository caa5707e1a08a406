"""The learner model: what a person knows, how sure that is, what they are about to forget, and which mistake they make.

`events` is what is kept, `state` what follows from it, `mastery`, `memory` and `misconceptions` how.
"""
