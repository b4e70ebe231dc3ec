"""Every phase in order: text → tree → checked graph → (Python | Keras | drawing) → run → evidence → report.

    front.py      text → tree → checked graph; text → canonical text
    sized.py      a table's widths → the graph checked again
    compile.py    checked graph → files
    runs.py       checked graph → run → evidence → report; predictions
    new.py        a table's columns → a spec to begin with

Nothing here prints. What is wrong with the user's spec or data comes back as findings, or as a UserFault where
there is nothing to give back. Keras and TensorFlow are imported by the functions that need them and no earlier, and
a command imports the file that it needs and no other: starting is most of what a check takes.
"""
