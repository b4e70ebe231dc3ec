"""A spec as a Python module that a person could have written: `source` is the whole, the others are its parts."""
