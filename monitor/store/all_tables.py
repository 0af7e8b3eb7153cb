"""Every module of tables, so that whoever asks the metadata for all tables gets all of them.

Which other modules happen to be imported differs from command to command.
"""

from __future__ import annotations

import importlib
import pkgutil

import monitor.store
from monitor.store.tables import Table

for _found in pkgutil.iter_modules(monitor.store.__path__):
    if _found.name.startswith("tables_"):
        importlib.import_module(f"monitor.store.{_found.name}")

METADATA = Table.metadata
