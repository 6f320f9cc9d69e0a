"""ANDX's REST API: `endpoints`, `signing`, `wire` (its words and ours), `errors`, and the `gateway` over them."""
