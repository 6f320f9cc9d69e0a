"""Values and rules. Standard library only, nothing awaits."""
