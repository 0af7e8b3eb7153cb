"""Slack's door: what people press and type in Slack becomes an act at the desk, and its result is shown to them.

    socket (sockets, session) ─┐
                               ├─ reading ─ Event ─ app: written down, acknowledged ─ deeds ─ desk
    signed request (door)     ─┘                                    │
                                                                    └─ an answer that only this person sees
    cards: the one message of each incident follows whatever happened, through whichever door

It decides nothing: who somebody is stands in the duty file, what he may do is checked here, and what he does is done at
the desk, which refuses what rests on something that is no longer true.
"""
