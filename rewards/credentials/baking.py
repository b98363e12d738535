"""A credential inside the picture of its badge [Open Badges 3.0, section 5.3.2]."""

from xml.sax.saxutils import quoteattr

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
CDATA_END = "]]>"


def bake(picture: str, *, document: str) -> str:
    """An SVG drawing with the signed JSON right after its first tag, for programs to find.

    The proof stands inside the JSON; so the element has no attribute `verify`, which is for JWTs.
    """
    head, tag, rest = picture.partition(">")
    # JSON may say ">" as an escape as well, and means the same: nothing closes the section early.
    body = document.replace(CDATA_END, "]]\\u003e")
    element = f"<openbadges:credential><![CDATA[{body}]]></openbadges:credential>"
    return f"{head} xmlns:openbadges={quoteattr(NAMESPACE)}{tag}\n  {element}{rest}"
