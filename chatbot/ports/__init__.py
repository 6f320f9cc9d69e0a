"""What the services need from outside, as narrow Protocols, one module per noun."""
