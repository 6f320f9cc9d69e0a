"""What happens without a message: a supervisor, and one `step()` per worker."""
