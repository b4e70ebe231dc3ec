"""A model graph as the text of a spec: `source` is the whole, the others are its parts."""
