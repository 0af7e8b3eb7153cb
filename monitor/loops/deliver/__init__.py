"""Leg 3: take alerts out of the outbox and to the people, over each channel by itself.

    waiting -> turns.begin -> attempts.make -> reach.settle         one alert after another
            -> together.tell                                        several notices in one message

At least once: an attempt is written down before it is made and again when it ends; one whose end is unknown is asked
about where the provider can be asked, else repeated and marked. A slow channel delays no other. To a contact there are
several ways, over several channels: each is opened by what became of the one before, as the database has it. What a
provider refuses until somebody mends a setting is tried again slowly, and at once after a restart or when the channel
gets through.
"""

from monitor.loops.deliver.leg import Deliver
from monitor.loops.deliver.outlet import Outlet
from monitor.loops.deliver.scene import circumstances, scene_of

__all__ = ["Deliver", "Outlet", "circumstances", "scene_of"]
