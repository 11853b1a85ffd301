"""The prediction API. Nothing here is imported before `diembao serve` runs."""
