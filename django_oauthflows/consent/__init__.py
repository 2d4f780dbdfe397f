"""WHAT PEOPLE AGREED TO: when they are asked, what is remembered, and how it is taken back.

Above the tokens, since withdrawing consent ends them; below the pipelines, which ask it for a decision.
"""
