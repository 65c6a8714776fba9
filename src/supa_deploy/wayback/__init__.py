"""The way back to a version: computed, tried out on a scratch copy, its losses counted. Nothing here changes the
database; `rollback` goes the way, reports tell it.
"""
