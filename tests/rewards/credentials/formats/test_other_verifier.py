"""A verifier that is not ours, `openbadgeslib`, takes a badge of ours for what it is.

It reads the proof, the issuer's DID document and the status list, all by its own code but for the
canonical form, for which it calls PyLD as we do. Against a common fault there stand the published
vectors, which PyLD did not write. Of lists it verifies by itself only those signed as JWT, so that
the proof of ours is checked in a step of its own.
"""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from openbadgeslib.ob3 import (
    OB3LdpVerifier,
    OB3VerificationError,
    set_indices,
    verify_data_integrity_proof,
)
from openbadgeslib.ob3.status import decode_encoded_list

from rewards.credentials import documents, status_list
from tests.rewards.credentials.formats.samples import (
    AT,
    DID,
    INDEX,
    KEY,
    LIST_URL,
    OTHER_KEY,
    signed,
)


def _list(*revoked: int) -> dict[str, Any]:
    encoded = status_list.encode(status_list.bits_of(revoked))
    return signed(
        documents.status_list_credential(list_url=LIST_URL, did=DID, encoded=encoded, valid_from=AT)
    )


def _published(*revoked: int) -> Callable[..., bytes]:
    """What the issuer serves, by address; the key that signs is the older of two."""
    served = {
        "https://badges.example/.well-known/did.json": documents.did_document(
            DID, public_keys=[OTHER_KEY.public_key(), KEY.public_key()]
        ),
        LIST_URL: _list(*revoked),
    }
    return lambda address, *_, **__: orjson.dumps(served[address])


def _verify(document: dict[str, Any], *revoked: int) -> Any:
    verifier = OB3LdpVerifier.for_issuer_did(DID)
    return verifier.verify(
        document, check_status=True, verify_status_list=False, download=_published(*revoked)
    )


def test_a_badge_of_ours_is_verified_by_others() -> None:
    found = _verify(signed(), INDEX + 1)
    assert found.issuer.id == DID
    assert found.achievement.name == "Promise kept / 守诺"
    with pytest.raises(OB3VerificationError, match="is set at index 94567"):
        _verify(signed(), INDEX)


def test_others_find_what_was_changed() -> None:
    with pytest.raises(OB3VerificationError, match="signature"):
        _verify(signed() | {"name": "Another badge"})


def test_others_verify_our_list_and_read_its_bits() -> None:
    listed = _list(0, 7, INDEX)
    verify_data_integrity_proof(listed, KEY.public_key())
    bits = decode_encoded_list(listed["credentialSubject"]["encodedList"])
    assert set_indices(bits) == {0, 7, INDEX}
    with pytest.raises(OB3VerificationError):
        verify_data_integrity_proof(listed, OTHER_KEY.public_key())
