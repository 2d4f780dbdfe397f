"""The OpenID Foundation's modules for OpenID Providers, and the tests that stand for them."""
