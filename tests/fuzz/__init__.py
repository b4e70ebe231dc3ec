"""What must hold of any text, and a fuzz target that looks for a text of which it does not."""
