"""What a change to a client would refuse of the requests it made lately: asked of the rules themselves.

A request that is answered leaves its shape (`shapes.py`), which holds booleans, words of closed lists and
values registered at the client, and nothing else. A dry run makes requests of the shapes again, under the
client's changed settings, and asks the flow's rules and the profile's as the endpoints do.
"""
