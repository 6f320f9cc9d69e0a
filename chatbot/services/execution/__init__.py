"""How each kind of intent is carried out: one executor each, found by the intent's type."""
