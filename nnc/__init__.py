"""nnc: a small language for neural networks, its compiler and its reporter."""
