"""The ways in which a column is prepared, a file each: how it is fitted, applied, shown, and what can be wrong."""
