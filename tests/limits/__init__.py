"""Nothing costly and nothing lasting before anybody is known."""
