"""The networks of `examples/`, written by hand in Keras from the papers that the examples name.

Each module has one function for each model of its spec, by the model's name in small letters; its parameters are the
spec's params, with their values there. Nothing of nnc is imported, and nothing was generated.
"""
