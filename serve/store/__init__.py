"""What outlives the server: keys, corrections and sums of what was served, in one SQLite file."""

from serve.store.database import Store, StoreError
from serve.store.values import Correction, Key

__all__ = ["Correction", "Key", "Store", "StoreError"]
