"""Every walk there is. A flow without one fails a test: write it beside the others and list it here."""

from example_project.playground.walks import back_channel, code, device, front_channel
from example_project.playground.walks.base import Walk

WALKS: dict[str, Walk] = {
    walk.flow.slug: walk
    for walk in (*code.WALKS, *back_channel.WALKS, *device.WALKS, *front_channel.WALKS)
}
