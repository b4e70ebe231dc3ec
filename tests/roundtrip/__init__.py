"""Networks of keras.applications: in, checked, built again, and held against the original."""
