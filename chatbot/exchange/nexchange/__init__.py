"""n.exchange's API v2: its endpoints, headers, words and errors."""
