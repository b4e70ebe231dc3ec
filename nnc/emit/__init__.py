"""What a checked model becomes: a Keras model, Python source, a drawing."""
