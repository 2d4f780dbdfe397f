"""How a person is taken through each flow: one walk per flow, listed in `catalogue.WALKS`.

A walk plays the client of its flow against the running provider, over HTTP as a stranger would, and
writes down what was sent and what came back, with every secret shortened. It knows no tables: the
pages (`playground/flow_pages.py`) give it its client's credentials, and `playground/seeding.py`
registers that client.
"""
