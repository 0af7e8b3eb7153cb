"""The second reader's leg: ask about items that leave doubt, keep what is answered, put questions to a person.

Nothing here touches an item, an incident, a decision or a deadline: it writes readings, requests and alerts.
"""
