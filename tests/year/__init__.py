"""A made-up year of a bureau, and one example of everything that the service writes for people.

What happened and when follows a real archive; every place, name and word is ours.
"""
