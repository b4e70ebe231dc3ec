"""The charts: each function takes evidence and words and gives the text of an SVG drawing."""
