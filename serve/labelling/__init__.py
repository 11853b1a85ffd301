"""Labelling in a spreadsheet: out with drop-down lists, back with every error shown in its cell."""
