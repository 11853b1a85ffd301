"""What outlives the server: keys, corrections and sums of what was served, in one SQLite file."""

from serve.store.database import Store, StoreError
from serve.store.values import Choice, Correction, Key

__all__ = ["Choice", "Correction", "Key", "Store", "StoreError"]
