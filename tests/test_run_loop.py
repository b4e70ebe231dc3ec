"""Our training loop ends where `model.fit` ends, and callbacks see what they see there."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

pytestmark = [pytest.mark.tf, pytest.mark.xdist_group("loop")]

# What must be right in every run of the suite; `make fit` tries every optimizer, metric and loss.
ALWAYS = ("several inputs and outputs", "a mask over steps", "regularizers", "class weights", "portions of a pass")
SAMPLED = 5


def test_a_sample_of_trainings_ends_as_under_fit() -> None:
    from tests import fit_cases

    cases = fit_cases.every_case()
    others = [name for name in cases if name not in ALWAYS]
    sampled = random.Random(2).sample(others, SAMPLED)  # noqa: S311 - a sample, no secret
    for name in (*ALWAYS, *sampled):
        worst = max(fit_cases.differences(cases[name]).items(), key=lambda item: item[1])
        assert worst[1] <= fit_cases.TOLERANCE, (name, worst)


def test_rows_that_are_streamed_make_the_same_batches() -> None:
    from nnc.run.feed import Rows, Streamed
    from tests import fit_cases

    def streamed(rows: Rows, size: int) -> Streamed:
        def read(start: int, stop: int) -> Rows:
            return rows.map(lambda array: np.asarray(array)[start:stop])

        return Streamed(read, len(rows), size, block_rows=23)  # no multiple of the batches' 16

    case = fit_cases.others()["sample weights"]
    far = fit_cases.differences(case, lambda make: fit_cases.by_us(make, streamed))
    assert max(far.values()) <= fit_cases.TOLERANCE, far


def test_shuffled_streams_take_every_row_once_and_never_twice_alike() -> None:
    from nnc.run.feed import Rows, Streamed

    values = np.arange(1000, dtype=np.float32)[:, None]
    feed = Streamed(lambda start, stop: Rows(values[start:stop], values[start:stop]), 1000, 32, seed=4, block_rows=150)

    def pass_(number: int) -> np.ndarray:
        blocks = list(feed.blocks(number))
        assert sum(block.steps for block in blocks) == feed.steps
        assert all(len(block.rows) == block.steps * 32 for block in blocks[:-1])
        return np.concatenate([np.asarray(block.rows.x)[:, 0] for block in blocks])

    first, second = pass_(0), pass_(1)
    assert sorted(first) == sorted(second) == values[:, 0].tolist()
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(first, pass_(0))


HOOKS = (
    *("on_train_begin", "on_train_end", "on_epoch_begin", "on_epoch_end", "on_train_batch_begin", "on_train_batch_end"),
    *("on_test_begin", "on_test_end", "on_test_batch_begin", "on_test_batch_end"),
)


def _rounded(logs: dict[str, Any]) -> dict[str, float]:
    return {name: round(float(np.mean(value)), 5) for name, value in logs.items()}


class Witness:
    """Makes a callback that writes down all that it is told."""

    def __new__(cls) -> Any:
        import keras

        class Told(keras.callbacks.Callback):
            def __init__(self) -> None:
                super().__init__()
                self.told: list[Any] = []

            def _tell(self, what: str, *args: Any) -> None:
                told = [_rounded(arg) if isinstance(arg, dict) else arg for arg in args]
                self.told.append((what, *told, dict(self.params), self.model is not None))

        for hook in HOOKS:
            setattr(Told, hook, lambda self, *args, hook=hook, **named: self._tell(hook, *args, *named.values()))
        return Told()


def test_callbacks_are_told_what_fit_tells_them() -> None:
    from tests import fit_cases

    def make(witness: Any) -> Any:
        return lambda: fit_cases.case(fit_cases.YES, "binary_crossentropy", ["accuracy"], callbacks=[witness])

    theirs, ours = Witness(), Witness()
    fit_cases.by_fit(make(theirs))
    fit_cases.by_us(make(ours))
    assert ours.told == theirs.told


@pytest.mark.parametrize("rate", [None, float("nan")])
def test_terminate_on_nan_ends_at_the_batch(rate: float | None) -> None:
    import keras

    from tests import fit_cases

    def make() -> Any:
        sgd = lambda: keras.optimizers.SGD(1e30 if rate is None else rate)  # noqa: E731
        return fit_cases.case(
            fit_cases.NUMBER, "mse", optimizer=sgd, model=lambda: fit_cases.net(1, "linear"),
            callbacks=[keras.callbacks.TerminateOnNaN()],
        )  # fmt: skip

    far = fit_cases.differences(make)
    assert max(far.values()) == 0, far


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """What a shell starts in the background is started deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_ctrl_c")
def test_ctrl_c_once_ends_the_epoch_and_twice_stops_at_once() -> None:
    from nnc.run.interrupt import Interrupt

    heard: list[str] = []
    with Interrupt(lambda: heard.append("once")) as interrupt:
        os.kill(os.getpid(), signal.SIGINT)
        assert interrupt.asked
        assert heard == ["once"]
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
