"""All tables together: whoever looks at the whole schema imports them from here."""

from __future__ import annotations

from monitor.store import tables_adjustments, tables_channels, tables_packs, tables_people, tables_terms
from monitor.store.tables import Table

PARTS = (tables_adjustments, tables_channels, tables_packs, tables_people, tables_terms)
METADATA = Table.metadata
