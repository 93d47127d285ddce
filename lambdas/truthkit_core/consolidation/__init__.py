"""From several workers' answers to one: a module a kind of answer, plain functions without I/O.

All are deterministic: neither chance nor the order in which answers arrive nor workers' names decide anything.
"""
