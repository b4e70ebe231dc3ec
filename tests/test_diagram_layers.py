"""The graph of layers: geometry that a reader relies on, checked on the positions against the network itself."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

import pytest

from nnc.emit.diagram.layers_layout import lay_out
from nnc.emit.diagram.placed import Box, Frame, LayerLayout, Wire
from nnc.evidence import Network
from tests.bounded import HANGING
from tests.diagram.networks import ALL, Builder, resnet50, two_tower

Rect = tuple[float, float, float, float]
Point = tuple[float, float]


@pytest.fixture(params=sorted(ALL), name="drawn")
def drawn_network(request: pytest.FixtureRequest) -> tuple[Network, LayerLayout]:
    network = ALL[request.param]()
    return network, lay_out(network)


def rect(box: Box | Frame) -> Rect:
    return box.x, box.y, box.x + box.width, box.y + box.height


def overlap(a: Rect, b: Rect, by: float = 0.0) -> bool:
    return a[0] < b[2] - by and b[0] < a[2] - by and a[1] < b[3] - by and b[1] < a[3] - by


def inside(inner: Rect, outer: Rect) -> bool:
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def pieces(wire: Wire) -> Iterator[tuple[Point, Point]]:
    yield from itertools.pairwise(wire.points)


def test_every_node_is_drawn_once_or_stands_behind_one_that_is(drawn: tuple[Network, LayerLayout]) -> None:
    network, layout = drawn
    members = [id_ for box in layout.boxes if not box.inset for id_ in box.members]
    assert len(members) == len(set(members))
    assert set(members) | set(layout.folded) == {node.id for node in network.nodes}
    assert not set(members) & set(layout.folded)
    assert set(layout.folded.values()) <= set(members)


def test_boxes_stand_apart_and_on_the_page(drawn: tuple[Network, LayerLayout]) -> None:
    _, layout = drawn
    page = (0.0, 0.0, layout.width, layout.height)
    assert all(inside(rect(box), page) for box in (*layout.boxes, *layout.frames))
    for a, b in itertools.combinations(layout.boxes, 2):
        assert not overlap(rect(a), rect(b), by=-10), (a.members, b.members)


def test_frames_hold_boxes_whole_or_not_at_all(drawn: tuple[Network, LayerLayout]) -> None:
    _, layout = drawn
    for frame in layout.frames:
        for other in (*layout.boxes, *layout.frames):
            apart = not overlap(rect(frame), rect(other))
            assert apart or inside(rect(other), rect(frame)) or inside(rect(frame), rect(other))


def test_frames_hold_the_boxes_of_their_block() -> None:
    network = two_tower()
    layout = lay_out(network)
    scopes = {node.id: node.scope for node in network.nodes}
    assert len(layout.frames) == 2
    for frame in layout.frames:
        held = {scopes[box.members[0]] for box in layout.boxes if inside(rect(box), rect(frame))}
        assert len(held) == 1
        assert held != {()}


def test_wires_run_clear_of_boxes(drawn: tuple[Network, LayerLayout]) -> None:
    _, layout = drawn
    for wire in layout.wires:
        for a, b in pieces(wire):
            line = (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
            hits = [box for box in layout.boxes if overlap(line, rect(box), by=0.01)]
            assert not hits, (wire, hits)


def test_wires_of_different_nets_never_share_a_line(drawn: tuple[Network, LayerLayout]) -> None:
    """Two wires on one line would read as one."""
    _, layout = drawn
    lines = [(wire.net, a, b) for wire in layout.wires for a, b in pieces(wire)]
    for (net, a, b), (other, c, d) in itertools.combinations(lines, 2):
        if net == other:
            continue
        for axis in (0, 1):
            level = [point[axis] for point in (a, b, c, d)]
            if max(level) - min(level) < 2:
                low, high = sorted((a[1 - axis], b[1 - axis])), sorted((c[1 - axis], d[1 - axis]))
                assert min(low[1], high[1]) - max(low[0], high[0]) < 2, (net, other, a, b, c, d)


def test_wires_lead_from_each_layer_to_the_layers_that_take_it(drawn: tuple[Network, LayerLayout]) -> None:
    """Follow the drawn lines from the lower border of each box: they end at the boxes that the network says."""
    network, layout = drawn
    boxes = [box for box in layout.boxes if not box.inset]
    home = {id_: index for index, box in enumerate(boxes) for id_ in box.members}
    home.update({id_: home[drawn_id] for id_, drawn_id in layout.folded.items()})
    wanted: dict[int, set[int]] = {}
    for node in network.nodes:
        for source in node.inputs:
            # What comes from a repeat that is not drawn and goes to another one of them is no wire of its own.
            between_folded = source in layout.folded and node.id in layout.folded
            backwards = node.id in layout.folded and source not in layout.folded and home[source] != home[node.id]
            if home[source] != home[node.id] and not between_folded and not backwards:
                wanted.setdefault(home[source], set()).add(home[node.id])
    found: dict[int, set[int]] = {}
    for index, box in enumerate(boxes):
        ends = followed(layout, box)
        if ends:
            found[index] = ends
    assert found == wanted


def followed(layout: LayerLayout, box: Box) -> set[int]:
    """The boxes at which wires arrive that start at a box, through the borders of frames."""
    net = box.members[0]
    wires = [wire for wire in layout.wires if wire.net == net]
    reached = {
        (x, y)
        for wire in wires
        for x, y in [wire.points[0]]
        if box.x < x < box.x + box.width and abs(y - box.y - box.height) < 0.01
    }
    while True:
        ends = {wire.points[-1] for wire in wires if any(near(wire.points[0], point) for point in reached)}
        if ends <= reached:
            break
        reached |= ends
    return {
        index
        for index, other in enumerate(layout.boxes)
        for x, y in reached
        if other.x < x < other.x + other.width and abs(y - other.y) < 0.01
    }


def near(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) < 0.6 and abs(a[1] - b[1]) < 0.01


def test_texts_stay_in_their_boxes_and_apart(drawn: tuple[Network, LayerLayout]) -> None:
    _, layout = drawn
    for box in (*layout.boxes, *layout.frames):
        for label in box.labels:
            assert inside(label.box, rect(box)), label
        for a, b in itertools.combinations(box.labels, 2):
            assert not overlap(a.box, b.box), (a, b)


def test_names_of_frames_are_clear_of_wires(drawn: tuple[Network, LayerLayout]) -> None:
    _, layout = drawn
    for frame in layout.frames:
        for label in frame.labels:
            for wire in layout.wires:
                for a, b in pieces(wire):
                    line = (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
                    assert not overlap(line, label.box), (label, wire)


def test_equal_blocks_in_a_row_are_drawn_once_with_their_number() -> None:
    b = Builder("repeats")
    at = b.dense(b.add("Input", (), "[8]"), 8)
    for index in range(5):
        b.scope = (("Residual", f"r{index}"),)
        at = b.add("Add", (at, b.dense(at, 8)), "[8]")
    b.scope = ()
    layout = lay_out(b.build(b.dense(at, 1, role="output")))
    assert [frame.times for frame in layout.frames] == [5]
    assert layout.frames[0].labels[-1].text == "×5"
    assert len(layout.folded) == 8


@pytest.mark.parametrize("change", ["width", "activation", "tapped"])
def test_blocks_that_differ_are_not_folded(change: str) -> None:
    b = Builder("unequal")
    at = b.dense(b.add("Input", (), "[8]"), 8)
    ends = []
    for index in range(3):
        b.scope = (("Block", f"b{index}"),)
        last = index == 2
        units = 9 if change == "width" and last else 8
        at = b.dense(b.dense(at, units, "tanh" if change == "activation" and last else "relu"), 8)
        ends.append(at)
    b.scope = ()
    if change == "tapped":  # somebody else looks into the first and the second
        at = b.add("Concatenate", tuple(ends), "[24]")
    layout = lay_out(b.build(b.dense(at, 1, role="output")))
    times = sorted(frame.times for frame in layout.frames)
    assert times == ([1, 1, 1] if change == "tapped" else [1, 2])


def test_the_blocks_of_resnet50_are_folded_and_counted() -> None:
    layout = lay_out(resnet50())
    texts = [label.text for box in layout.boxes for label in box.labels]
    texts += [label.text for frame in layout.frames for label in frame.labels]
    assert {text for text in texts if "Bottleneck ×" in text} == {"Bottleneck ×2", "Bottleneck ×3", "Bottleneck ×5"}


def test_a_block_drawn_as_a_box_is_shown_beside_it() -> None:
    layout = lay_out(resnet50())
    captions = [note.text for note in layout.notes]
    assert captions == ["Inside the first Projection", "Inside the first Bottleneck"]
    again = [box for box in layout.boxes if box.inset]
    shown = [
        frozenset(id_ for box in again if inside(rect(box), rect(frame)) for id_ in box.members)
        for frame in layout.frames
    ]
    wholes = {frozenset(box.members) for box in layout.boxes if box.stacked}
    held = [members for members in shown if members]
    assert len(held) == 2
    assert set(held) <= wholes


def test_a_long_chain_states_how_much_it_leaves_out() -> None:
    started = time.process_time()
    layout = lay_out(ALL["chain2000"]())
    took = time.process_time() - started
    drawn = sum(len(box.members) == 1 for box in layout.boxes)
    (middle,) = (box for box in layout.boxes if len(box.members) > 1)
    assert f"{2001 - drawn:,} more layers" in middle.labels[0].text
    assert took < HANGING


def test_towers_meet_in_their_middle() -> None:
    layout = lay_out(two_tower(framed=False))
    middles = {box.labels[0].text: box.x + box.width / 2 for box in layout.boxes}
    left, right = middles["left"], middles["right"]
    assert middles["similarity"] == pytest.approx((left + right) / 2, abs=1)


def test_a_network_whose_ids_repeat_or_lead_backwards_is_still_drawn() -> None:
    network = two_tower()
    node = network.nodes[2]
    broken = Network("broken", (*network.nodes, node, network.nodes[0]), network.outputs, None, None)
    assert len(lay_out(broken).boxes) == len(network.nodes)
