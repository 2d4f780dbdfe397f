"""An app with a sign-in page of its own."""
