"""The charts: each function takes evidence and words and gives a drawing."""
