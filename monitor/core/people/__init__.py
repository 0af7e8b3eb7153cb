"""Who is told, in what order, until somebody acts: contacts, rotas, escalation policies. Pure."""
