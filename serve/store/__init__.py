"""What outlives the server: keys and corrections, in one SQLite file."""

from serve.store.database import Store, StoreError
from serve.store.values import Correction, Key

__all__ = ["Correction", "Key", "Store", "StoreError"]
