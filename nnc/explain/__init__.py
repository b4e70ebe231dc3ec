"""Why a trained model says what it says: SHAP values as evidence. Loads TensorFlow."""

from nnc.explain.explanation import Settings, concerns, explain
from nnc.explain.faults import CannotExplain
from nnc.explain.pictures import Picture
from nnc.explain.twin import Which

__all__ = ["CannotExplain", "Picture", "Settings", "Which", "concerns", "explain"]
