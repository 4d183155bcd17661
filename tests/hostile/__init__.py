"""Hostile files of every kind: made by hand, or valid ones with bytes changed; none is committed.

No file may end a command in exit code 1, a traceback, more than 20 s or more than 2 GiB.
``python -m tests.hostile`` runs all of them, a sample runs with the tests.
"""
