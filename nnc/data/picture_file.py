"""One picture file → pixels of the size that a model takes. Whoever made the file may have meant harm.

The size is read from the heading and refused before anything is unpacked; nothing but PNG and JPEG is tried, so that
the decoders of rare formats are never reached.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

Pixels: TypeAlias = npt.NDArray[np.uint8]

ENDINGS = (".png", ".jpg", ".jpeg")
FORMATS = ("PNG", "JPEG")
MAX_FILE_BYTES = 64 << 20
MAX_PIXELS = 40_000_000  # unpacked, 160 MB at most

# Channels of a model's input: grey, colours, colours and how opaque a pixel is.
MODES: Mapping[int, str] = {1: "L", 3: "RGB", 4: "RGBA"}
_SEE_THROUGH = ("RGBA", "LA", "PA", "La", "RGBa")
_SIXTEEN_BITS = 256


@dataclass
class Unreadable(Exception):
    """Why a file gives no picture: to go behind its name, with what was expected and what to do about it."""

    reason: str
    expected: str
    how: str | None = None


# What Pillow raises for a damaged file, beside UnidentifiedImageError, which is an OSError.
_DAMAGED = (
    OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError, MemoryError,
    struct.error, zlib.error,
)  # fmt: skip


def pixels(path: Path, shape: tuple[int, int, int]) -> Pixels:
    """The picture as a model sees it, uint8 [height, width, channels]. Raises Unreadable.

    It is turned as its camera says, laid on white where it is see-through and the model takes no such channel, and
    brought to the size by bilinear filtering over all pixels, whatever its proportions.
    """
    height, width, channels = shape
    with _opened(path) as image:
        upright = ImageOps.exif_transpose(image)
        converted = _in_mode(upright, MODES[channels])
        resized = converted.resize((width, height), Image.Resampling.BILINEAR)
        return np.asarray(resized, dtype=np.uint8).reshape(shape)


def size_of(path: Path) -> tuple[int, int]:
    """Width and height of the picture in the file. Raises Unreadable."""
    with _opened(path) as image:
        return image.size


@contextmanager
def _whole_pictures_alone() -> Iterator[None]:
    """Without Pillow's leave to fill in what a file lacks: WeasyPrint gives it to the whole process."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """The picture, of which only the heading is read. Raises Unreadable, also for what goes wrong within."""
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise Unreadable(f"has {size:,} bytes", f"at most {MAX_FILE_BYTES:,} bytes")
        with warnings.catch_warnings(), _whole_pictures_alone():
            warnings.simplefilter("ignore")  # of large pictures, which are refused below, and of odd EXIF data
            with Image.open(path, formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise Unreadable(f"has {image.width:,} × {image.height:,} pixels", f"at most {MAX_PIXELS:,} pixels")
                yield image
    except Image.DecompressionBombError as error:
        raise Unreadable("has far too many pixels", f"at most {MAX_PIXELS:,} pixels") from error
    except _DAMAGED as error:
        raise Unreadable(_why(path, error), "a whole PNG or JPEG", "save it again, or take it out") from error


def _why(path: Path, error: BaseException) -> str:
    if isinstance(error, UnidentifiedImageError):
        empty = path.is_file() and not path.stat().st_size
        return "is empty" if empty else "is neither PNG nor JPEG, whatever its ending says"
    if "truncated" in str(error) or isinstance(error, EOFError):
        return "ends too early: a part of the picture is missing"
    if isinstance(error, OSError) and error.strerror:
        return f"can't be read: {error.strerror}"
    return f"is damaged: {str(error)[:80] or type(error).__name__}"


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits a pixel; Pillow itself would cut what is above 255
        image = Image.fromarray((np.asarray(image, dtype=np.int64) // _SIXTEEN_BITS).clip(0, 255).astype(np.uint8))
    if image.mode in _SEE_THROUGH or "transparency" in image.info:
        image = image.convert("RGBA")
        if mode != "RGBA":
            white = Image.new("RGBA", image.size, (255, 255, 255, 255))
            image = Image.alpha_composite(white, image)
    return image.convert(mode)
