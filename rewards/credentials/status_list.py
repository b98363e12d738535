"""Lists of revoked credentials, one bit each [Bitstring Status List v1.0].

A list has places for many, so that asking for it does not tell which one is asked about.
"""

import base64
import gzip
import zlib
from collections.abc import Iterable

LENGTH_MIN = 131_072  # bits: 16 KB, the least that the specification takes
LENGTH_MAX = 8 * LENGTH_MIN
BASE64_URL = "u"
GZIP = zlib.MAX_WBITS | 16
# Bits that say nothing compress to about this much; a text that is longer holds more than a list.
ENCODED_LENGTH_MAX = LENGTH_MAX // 8 * 4 // 3 + 1_024


def bits_of(revoked: Iterable[int], *, length: int = LENGTH_MIN) -> bytes:
    """The list of a length in which these places are revoked."""
    if not LENGTH_MIN <= length <= LENGTH_MAX or length % 8:
        raise ValueError("not the length of a list")
    bits = bytearray(length // 8)
    for index in revoked:
        if not 0 <= index < length:
            raise ValueError("no place in this list")
        bits[index // 8] |= _mask(index)
    return bytes(bits)


def is_set(bits: bytes, *, index: int) -> bool:
    """Whether the place `index` is revoked. Raises ValueError where the list has no such place."""
    if not 0 <= index < len(bits) * 8:
        raise ValueError("no place in this list")
    return bool(bits[index // 8] & _mask(index))


def encode(bits: bytes) -> str:
    """A list as `encodedList`. The same bits are the same text whenever they are written."""
    packed = base64.urlsafe_b64encode(gzip.compress(bits, mtime=0)).decode()
    return BASE64_URL + packed.rstrip("=")


def decode(text: str) -> bytes:
    """The bits of an `encodedList`. Raises ValueError where it is none, or unpacks to too much."""
    if not text.startswith(BASE64_URL) or len(text) > ENCODED_LENGTH_MAX:
        raise ValueError("not an encoded list")
    packed = text.removeprefix(BASE64_URL)
    unpacking = zlib.decompressobj(GZIP)
    try:
        raw = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        bits = unpacking.decompress(raw, LENGTH_MAX // 8)
    except (ValueError, zlib.error):
        raise ValueError("not an encoded list") from None
    if not unpacking.eof or unpacking.unused_data or len(bits) < LENGTH_MIN // 8:
        raise ValueError("not an encoded list")
    return bits


def _mask(index: int) -> int:
    # The first place is the leftmost bit of the first byte.
    return 0x80 >> index % 8
