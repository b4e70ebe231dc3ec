"""A figure → SVG that is short and quick to draw: matplotlib's writer puts each stroke into three groups of its own.

What looks the same becomes one path (all grid lines of an axis, all its ticks), what things share stands on a group, a
clip is written only where something would stick out, and coordinates have two decimals (a hundredth of a point). Text
stays text. The same figure gives the same bytes.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import numpy.typing as npt
from matplotlib.backend_bases import FigureCanvasBase, GraphicsContextBase, RendererBase
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, weight_dict
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Transform
from PIL import Image

_POINTS = 72  # an inch
_UNSEEN = 0.6  # points that something may stick out of its clip
_ANCHORS = {"left": "start", "center": "middle", "right": "end"}
_CAPS = {"projecting": "square"}
_COMMANDS: Mapping[Any, tuple[str, int]] = {Path.CURVE3: ("Q", 2), Path.CURVE4: ("C", 3)}

Attributes = tuple[tuple[str, str], ...]
Box = tuple[float, float, float, float]


def to_svg(figure: Figure, title: str, image_dpi: float) -> str:
    """The SVG text of a figure. What is rasterised in it has `image_dpi`."""
    width, height = (float(side) for side in figure.get_size_inches())
    renderer = SvgRenderer(width * _POINTS, height * _POINTS, image_dpi)
    _Canvas(figure, renderer)
    figure.dpi = _POINTS
    mixed: Any = MixedModeRenderer(figure, width, height, image_dpi, renderer)  # type: ignore[no-untyped-call]
    figure.draw(mixed)
    return renderer.text(title)


class _Canvas(FigureCanvasBase):
    """Gives the renderer that texts are measured by while a figure is laid out."""

    def __init__(self, figure: Figure, renderer: SvgRenderer) -> None:
        super().__init__(figure)
        self._renderer = renderer

    def get_renderer(self) -> SvgRenderer:
        return self._renderer


def short(value: float) -> str:
    """A number of points with at most two decimals."""
    return f"{round(value, 2) + 0.0:g}"


@dataclass(frozen=True)
class Way:
    """A path in points from the upper left corner: its vertices (n, 2) and matplotlib's codes (n)."""

    vertices: npt.NDArray[np.float64]
    codes: npt.NDArray[np.uint8]

    def moved(self, by: npt.NDArray[np.float64]) -> Way:
        """The same at another place."""
        return Way(self.vertices + by, self.codes)

    @property
    def box(self) -> Box | None:
        """Left, top, right, bottom; None where there is nothing."""
        seen = self.vertices[self.codes != Path.CLOSEPOLY]
        if not len(seen):
            return None
        (left, top), (right, bottom) = seen.min(axis=0), seen.max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    def data(self) -> str:
        """What stands in the attribute `d`."""
        steps: list[str] = []
        numbers = [(f"{x:g}", f"{y:g}") for x, y in (self.vertices.round(2) + 0.0).tolist()]
        codes = self.codes.tolist()
        here, i = ("", ""), 0
        while i < len(codes):
            command, takes = _COMMANDS.get(codes[i], ("", 1))
            x, y = numbers[i + takes - 1]
            if codes[i] == Path.CLOSEPOLY:
                steps.append("Z")
                x, y = here
            elif command:
                steps.append(command + " ".join(" ".join(point) for point in numbers[i : i + takes]))
            elif codes[i] == Path.MOVETO:
                steps.append(f"M{x} {y}")
            elif (x, y) != here:
                steps.append(f"V{y}" if x == here[0] else f"H{x}" if y == here[1] else f"L{x} {y}")
            here, i = (x, y), i + takes
        return "".join(steps)


@dataclass
class _Run:
    """Elements with the same attributes, one after another; or, where `data` is set, one path of many strokes."""

    attributes: Attributes
    elements: list[str] = field(default_factory=list)
    data: list[str] | None = None

    def lines(self) -> Iterator[str]:
        if self.data is not None:
            yield f'<path d="{"".join(self.data)}"{_written(self.attributes)}/>'
        else:
            yield f"<g{_written(self.attributes)}>"
            yield from self.elements
            yield "</g>"


class SvgRenderer(RendererBase):
    """What matplotlib draws on; `text` gives what was drawn."""

    def __init__(self, width: float, height: float, image_dpi: float) -> None:
        super().__init__()
        self._width, self._height, self._image_dpi = width, height, image_dpi
        self._flip = Affine2D().scale(1, -1).translate(0, height)
        self._runs: list[_Run] = []
        self._axis_from: int | None = None
        self._clips: dict[str, str] = {}
        self._family = ""

    def text(self, title: str) -> str:
        """The whole drawing."""
        width, height = short(self._width), short(self._height)
        root = {
            "xmlns": "http://www.w3.org/2000/svg",
            "xmlns:xlink": "http://www.w3.org/1999/xlink",
            "width": f"{width}pt",
            "height": f"{height}pt",
            "viewBox": f"0 0 {width} {height}",
            "stroke-linejoin": "round",
            "font-family": self._family,
        }
        clips = "".join(f'<clipPath id="{name}"><path d="{data}"/></clipPath>' for data, name in self._clips.items())
        lines = [f"<svg{_written(tuple(root.items()))}>", f"<title>{escape(title)}</title>"]
        lines += [f"<defs>{clips}</defs>"] if clips else []
        return "\n".join([*lines, *(line for run in self._runs for line in run.lines()), "</svg>\n"])

    # ---- what matplotlib asks about --------------------------------------------------------------

    def flipy(self) -> bool:
        """Whether y goes down."""
        return True

    def get_canvas_width_height(self) -> tuple[float, float]:
        """The size in points."""
        return self._width, self._height

    def get_image_magnification(self) -> float:
        """How many pixels of an image go to a point."""
        return self._image_dpi / _POINTS

    def points_to_pixels(self, points: Any) -> Any:
        """A pixel is a point here."""
        return points

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> Any:
        """The size of a text by its outlines, which no screen's pixels round."""
        return text_to_path.get_text_width_height_descent(s, prop, ismath)

    def open_group(self, s: str, gid: str | None = None) -> None:  # noqa: ARG002 - matplotlib's signature
        """Within an axis what looks the same is put together: its grid lines, ticks and labels don't overlap."""
        if s.startswith("matplotlib.axis"):
            self._axis_from = len(self._runs)

    def close_group(self, s: str) -> None:
        """Behind an axis the order of things counts again."""
        if s.startswith("matplotlib.axis"):
            self._axis_from = None

    # ---- what it draws ---------------------------------------------------------------------------

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: Any = None,  # noqa: N803 - matplotlib's name
    ) -> None:
        """A path; one without a face is simplified and cut at the figure's edges."""
        edges = (0.0, 0.0, self._width, self._height) if rgbFace is None else None
        line = path.cleaned(
            transform + self._flip, remove_nans=True, clip=edges, simplify=rgbFace is None and path.should_simplify,
            curves=True,
        )  # fmt: skip
        self._draw(gc, rgbFace, [_way(line)])

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Transform,
        path: Path,
        trans: Transform,
        rgbFace: Any = None,  # noqa: N803 - matplotlib's name
    ) -> None:
        """The same path at each vertex of another."""
        mark = _way(marker_path.cleaned(marker_trans + Affine2D().scale(1, -1), curves=True))
        along = _way(path.cleaned(trans + self._flip, remove_nans=True))
        self._draw(gc, rgbFace, [mark.moved(place) for place in along.vertices])

    def draw_image(self, gc: GraphicsContextBase, x: float, y: float, im: Any, transform: Any = None) -> None:  # noqa: ARG002
        """Pixels, their lowest row first, with their lower left corner at (x, y)."""
        down, across = im.shape[:2]
        if not down or not across:
            return
        stream = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(im[::-1])).save(stream, format="png")
        width, height = (_POINTS * side / self._image_dpi for side in (across, down))
        top = self._height - y - height
        content = base64.b64encode(stream.getvalue()).decode("ascii")
        self._put(
            self._clip(gc, (x, top, x + width, top + height)),
            f'<image x="{short(x)}" y="{short(top)}" width="{short(width)}" height="{short(height)}" '
            f'xlink:href="data:image/png;base64,{content}"/>',
        )

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Text | None = None,
    ) -> None:
        """A line of text; mathematics as outlines."""
        if ismath:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        attributes = [*self._clip(gc, None), *self._type(gc, prop)]
        if mtext is not None and (angle == 0 or mtext.get_rotation_mode() == "anchor"):
            x, y = self._hung(mtext, x, y, angle)
            anchor = _ANCHORS[mtext.get_horizontalalignment()]
            attributes += [("text-anchor", anchor)] * (anchor != "start")
        turned = f' transform="rotate({short(-angle)} {short(x)} {short(y)})"' if angle else ""
        self._put(tuple(attributes), f'<text x="{short(x)}" y="{short(y)}"{turned}>{escape(s)}</text>')

    def _type(self, gc: GraphicsContextBase, prop: FontProperties) -> Iterator[tuple[str, str]]:
        colour, weight = gc.get_rgb(), weight_dict.get(str(prop.get_weight()), prop.get_weight())
        family = ",".join(dict.fromkeys(prop.get_family()))
        self._family = self._family or family
        if family != self._family:
            yield "font-family", family
        yield "font-size", short(float(prop.get_size_in_points()))
        if weight != weight_dict["normal"]:
            yield "font-weight", str(weight)
        if prop.get_style() != "normal":
            yield "font-style", prop.get_style()
        yield "fill", to_hex(colour)
        yield from _seen_through("opacity", gc.get_alpha() if gc.get_forced_alpha() else _alpha(colour))

    def _hung(self, mtext: Text, x: float, y: float, angle: float) -> tuple[float, float]:
        """Where a text hangs at its anchor, so that it stands right also in a font of other widths."""
        across, up = mtext.get_transform().transform(mtext.get_unitless_position())
        place = np.array([across, self._height - up])
        down = np.array([np.sin(np.deg2rad(angle)), np.cos(np.deg2rad(angle))])
        found = place + down @ (np.array([x, y]) - place) * down
        return float(found[0]), float(found[1])

    def _draw(self, gc: GraphicsContextBase, face: Any, ways: Iterable[Way]) -> None:
        painted = tuple(_painted(gc, face))
        names = dict(painted)
        if names["fill"] == "none" and "stroke" not in names:
            return
        half = float(gc.get_linewidth()) / 2
        see_through = any(name.endswith("opacity") for name, _ in painted)
        alike = not see_through and (names["fill"] == "none" or "stroke" not in names)
        strokes = alike and names["fill"] == "none"
        fresh = True
        for way in ways:
            box = way.box
            if box is None:
                continue
            around = (box[0] - half, box[1] - half, box[2] + half, box[3] + half)
            attributes = (*self._clip(gc, around), *painted)
            if alike:
                self._join(attributes, way.data(), fresh=fresh and not strokes)
                fresh = False
            else:
                self._put(attributes, f'<path d="{way.data()}"/>')

    def _join(self, attributes: Attributes, data: str, *, fresh: bool) -> None:
        """Strokes of one look become one path; of faces only those that go the same way round, or holes would come."""
        run = None if fresh else self._like(attributes, joined=True)
        if run is None or run.data is None:
            self._runs.append(_Run(attributes, data=[data]))
        else:
            run.data.append(data)

    def _put(self, attributes: Attributes, element: str) -> None:
        run = self._like(attributes, joined=False)
        if run is None:
            run = _Run(attributes)
            self._runs.append(run)
        run.elements.append(element)

    def _like(self, attributes: Attributes, *, joined: bool) -> _Run | None:
        """The run that something with these attributes may go into: the last one, within an axis any of the axis."""
        runs = self._runs[-1:] if self._axis_from is None else self._runs[self._axis_from :]
        return next((run for run in runs if run.attributes == attributes and (run.data is not None) == joined), None)

    def _clip(self, gc: GraphicsContextBase, box: Box | None) -> Attributes:
        """The clip that something in this box needs (None: a box that is not known)."""
        path, transform = cast("tuple[Path | None, Any]", gc.get_clip_path())
        rectangle = gc.get_clip_rectangle()
        if path is not None:
            data = _way(path.cleaned(transform + self._flip, curves=True)).data()
        elif rectangle is not None:
            left, right = sorted((float(rectangle.x0), float(rectangle.x1)))
            top, bottom = sorted((self._height - float(rectangle.y0), self._height - float(rectangle.y1)))
            if box is not None and (
                box[0] > left - _UNSEEN
                and box[1] > top - _UNSEEN
                and box[2] < right + _UNSEEN
                and box[3] < bottom + _UNSEEN
            ):
                return ()
            data = f"M{short(left)} {short(top)}H{short(right)}V{short(bottom)}H{short(left)}Z"
        else:
            return ()
        name = self._clips.setdefault(data, f"clip{len(self._clips) + 1}")
        return (("clip-path", f"url(#{name})"),)


def _way(path: Path) -> Way:
    """The vertices and codes of a cleaned path, up to where it stops."""
    codes = np.asarray(path.codes)
    seen = codes != Path.STOP
    return Way(np.asarray(path.vertices, np.float64)[seen], codes[seen])


def _painted(gc: GraphicsContextBase, face: Any) -> Iterator[tuple[str, str]]:
    """The attributes of a face and a stroke. An alpha that is forced is that of both."""
    forced = bool(gc.get_forced_alpha())
    if face is None or (not forced and _alpha(face) == 0):
        yield "fill", "none"
    else:
        yield "fill", to_hex(face)
        yield from () if forced else _seen_through("fill-opacity", _alpha(face))
    if gc.get_linewidth() and (forced or _alpha(gc.get_rgb())):
        yield from _stroke(gc)
        yield from () if forced else _seen_through("stroke-opacity", _alpha(gc.get_rgb()))
    if forced:
        yield from _seen_through("opacity", gc.get_alpha())


def _stroke(gc: GraphicsContextBase) -> Iterator[tuple[str, str]]:
    yield "stroke", to_hex(gc.get_rgb())
    yield "stroke-width", short(float(gc.get_linewidth()))
    offset, dashes = gc.get_dashes()
    if dashes is not None:
        yield "stroke-dasharray", " ".join(short(float(part)) for part in np.asarray(dashes).tolist())
        yield "stroke-dashoffset", short(float(offset))
    if gc.get_joinstyle() != "round":
        yield "stroke-linejoin", gc.get_joinstyle()
    if gc.get_capstyle() != "butt":
        yield "stroke-linecap", _CAPS.get(gc.get_capstyle(), gc.get_capstyle())


def _alpha(colour: Any) -> float:
    return float(colour[3]) if len(colour) == 4 else 1.0


def _seen_through(name: str, alpha: float) -> Attributes:
    return ((name, short(float(alpha))),) if alpha != 1 else ()


def _written(attributes: Attributes) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in attributes)
