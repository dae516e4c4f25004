"""Requests of every kind, right, spoilt or hostile: each is answered or refused, no secret is out.

- clauses: clauses that are mostly right; poisons: what is hostile; mangle: requests of both
- workshop: the portal in this process, with secrets planted; __main__: many of them, at will
"""
