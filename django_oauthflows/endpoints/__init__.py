"""WHERE IT IS ASKED: one file per URL. A view parses, calls one function, answers."""
