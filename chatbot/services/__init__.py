"""Use cases, one module per noun: who asks, load, decide, act, return a value."""
