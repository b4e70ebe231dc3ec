"""Train, evaluate, keep, and predict again. Loads TensorFlow: import it late."""

from __future__ import annotations

from nnc.run.evaluate import Evaluated, EvaluatedHead, evaluate
from nnc.run.folder import save
from nnc.run.predict import Predicted, load_run, predict
from nnc.run.reproduce import reproduce
from nnc.run.spread import figures, spread
from nnc.run.training import Keep, Trained, train
from nnc.run.watch import Progress

__all__ = [
    "Evaluated",
    "EvaluatedHead",
    "Keep",
    "Predicted",
    "Progress",
    "Trained",
    "evaluate",
    "figures",
    "load_run",
    "predict",
    "reproduce",
    "save",
    "spread",
    "train",
]
