"""OpenID clients nobody here wrote, against the example project behind TLS with two worker processes."""
