"""Registering a device and retiring one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.contacts import service as contacts
from backend.kit import crypto
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.logs import get_logger
from backend.kit.wiring import HashedTable, SealedColumn
from notifications.devices import queries
from notifications.devices.errors import DeviceUnknown
from notifications.devices.models import Device, DeviceLookup
from notifications.devices.queries import ADDRESS
from notifications.devices.rules import LIVE_MAX, AddressKind, Platform, Retired

SEALED = (SealedColumn("device", "address_cipher", context=ADDRESS),)
HASH = "device"
INT64 = 8

Key = tuple[UUID, UUID]

log = get_logger(__name__)


@dataclass(frozen=True)
class Registration:
    """What an installation says of itself."""

    installation_id: str
    platform: Platform
    address_kind: AddressKind
    address: str
    app_version: str
    timezone: str

    def values(self) -> list[tuple[str, str]]:
        """By what it is found: each has one owner."""
        return [("address", self.address), ("installation", self.installation_id)]


def register(
    session: Session, *, borrower_id: UUID, registration: Registration, now: datetime
) -> UUID:
    """This installation rings for her, at this address, and for nobody else any more.

    Refuses: BorrowerNotFound.
    """
    _take_turns(session, registration)
    own = None
    held = _list_held(session, registration)
    # Whoever changes something of a borrower locks her before her rows.
    owners = {borrower_id, *(owner for owner, _ in held)}
    borrowers.lock(session, borrower_ids=owners)
    crowd = _list_crowd(session, borrower_id=borrower_id, but=registration.installation_id)
    for row in _lock(session, held | crowd):
        why = _why_retired(
            row, borrower_id, registration, is_held=(row.borrower_id, row.id) in held
        )
        if why is None:
            own = row
        else:
            _retire(session, row, why=why, now=now)
    device_id = _store(session, own, borrower_id=borrower_id, said=registration, now=now)
    _store_lookups(session, [(borrower_id, device_id, registration.values())])
    for owner in sorted(owners):
        _tell_zones(session, borrower_id=owner, now=now)
    return device_id


def _tell_zones(session: Session, *, borrower_id: UUID, now: datetime) -> None:
    # Whoever asks for the hour where she is takes each of them into account.
    zones = queries.list_zones(session, borrower_id=borrower_id)
    contacts.set_candidate_zones(session, borrower_id=borrower_id, zones=zones, now=now)


def _take_turns(session: Session, said: Registration) -> None:
    # Whoever registers the same installation or address waits here, whoever she is; in one order,
    # so that nobody waits in a circle.
    turns = {
        int.from_bytes(crypto.lasting_hash(value, kind=f"{HASH}.{kind}")[:INT64], signed=True)
        for kind, value in said.values()
    }
    for turn in sorted(turns):
        session.execute(select(func.pg_advisory_xact_lock(turn)))


def _list_held(session: Session, said: Registration) -> set[Key]:
    # While look-up keys rotate, some are hashed with the one and some with the other.
    named = [
        and_(
            DeviceLookup.kind == kind,
            DeviceLookup.hash.in_(crypto.keyed_hashes(value, kind=f"{HASH}.{kind}")),
        )
        for kind, value in said.values()
    ]
    rows = session.execute(
        select(DeviceLookup.borrower_id, DeviceLookup.device_id).where(or_(*named))
    )
    return {(row.borrower_id, row.device_id) for row in rows}


def _list_crowd(session: Session, *, borrower_id: UUID, but: str) -> set[Key]:
    rows = session.execute(
        select(Device.borrower_id, Device.id)
        .where(
            Device.borrower_id == borrower_id,
            Device.retired_at.is_(None),
            Device.installation_id != but,
        )
        .order_by(Device.seen_at.desc(), Device.id.desc())
        .offset(LIVE_MAX - 1)
    )
    return {(row.borrower_id, row.id) for row in rows}


def _lock(session: Session, keys: Collection[Key]) -> Sequence[AnyRow]:
    # All in one statement and one order: whoever waits for another holds nothing she wants.
    if not keys:
        return ()
    return session.execute(
        queries.live()
        .where(tuple_(Device.borrower_id, Device.id).in_(list(keys)))
        .order_by(Device.borrower_id, Device.id)
        .with_for_update()
    ).all()


def _why_retired(
    row: AnyRow, borrower_id: UUID, said: Registration, *, is_held: bool
) -> Retired | None:
    if not is_held:
        return Retired.TOO_MANY
    if row.borrower_id != borrower_id:
        return Retired.CHANGED_HANDS
    return None if row.installation_id == said.installation_id else Retired.REPLACED


def _store(
    session: Session, own: AnyRow | None, *, borrower_id: UUID, said: Registration, now: datetime
) -> UUID:
    values = {
        "platform": said.platform,
        "address_kind": said.address_kind,
        "address_cipher": crypto.encrypt(said.address, context=ADDRESS),
        "app_version": said.app_version,
        "timezone": said.timezone,
        "seen_at": now,
    }
    if own is not None:
        session.execute(update(Device).where(_is(own)).values(values))
        _forget(session, own)
        found: UUID = own.id
        return found
    device_id = new_id()
    session.execute(
        insert(Device).values(
            borrower_id=borrower_id,
            id=device_id,
            installation_id=said.installation_id,
            registered_at=now,
            **values,
        )
    )
    return device_id


def remove(session: Session, *, borrower_id: UUID, installation_id: str, now: datetime) -> None:
    """She takes a device away. Refuses: DeviceUnknown, BorrowerNotFound."""
    if not retire(
        session,
        borrower_id=borrower_id,
        installation_id=installation_id,
        reason=Retired.REMOVED,
        now=now,
    ):
        raise DeviceUnknown


def retire(
    session: Session,
    *,
    borrower_id: UUID,
    installation_id: str,
    reason: Retired,
    now: datetime,
    sent_at: datetime | None = None,
) -> bool:
    """Nothing is sent there any more. False where it was not live. Refuses: BorrowerNotFound.

    `sent_at`: when that was sent whose failure speaks against it. What was registered anew since
    then may have another address, and stays.
    """
    borrowers.lock(session, borrower_ids=[borrower_id])
    row = session.execute(
        queries.live()
        .where(Device.borrower_id == borrower_id, Device.installation_id == installation_id)
        .with_for_update()
    ).first()
    if row is None or (sent_at is not None and row.seen_at > sent_at):
        return False
    _retire(session, row, why=reason, now=now)
    _tell_zones(session, borrower_id=borrower_id, now=now)
    return True


def _retire(session: Session, row: AnyRow, *, why: Retired, now: datetime) -> None:
    _forget(session, row)
    session.execute(
        update(Device).where(_is(row)).values(address_cipher=None, retired_at=now, retired_why=why)
    )


def _forget(session: Session, row: AnyRow) -> None:
    session.execute(
        delete(DeviceLookup).where(
            DeviceLookup.borrower_id == row.borrower_id, DeviceLookup.device_id == row.id
        )
    )


def _is(row: AnyRow) -> ColumnElement[bool]:
    return and_(Device.borrower_id == row.borrower_id, Device.id == row.id)


def _store_lookups(
    session: Session, devices: Sequence[tuple[UUID, UUID, list[tuple[str, str]]]]
) -> None:
    rows = []
    for borrower_id, device_id, values in devices:
        for kind, value in values:
            key_name, digest = crypto.keyed_hash_to_keep(value, kind=f"{HASH}.{kind}")
            rows.append(
                {
                    "kind": kind,
                    "hash": digest,
                    "key_name": key_name,
                    "borrower_id": borrower_id,
                    "device_id": device_id,
                }
            )
    session.execute(insert(DeviceLookup), rows)


def rehash(session: Session, after: Key | None, limit: int) -> tuple[Key | None, int]:
    """Hash the next devices under the current look-up key; where it came to, how many changed."""
    key = (DeviceLookup.borrower_id, DeviceLookup.device_id)
    old = (
        select(*key)
        .where(
            DeviceLookup.key_name != crypto.current_lookup_id(),
            tuple_(*key) > (after or (UUID(int=0), UUID(int=0))),
        )
        .distinct()
        .order_by(*key)
        .limit(limit)
    )
    ids = [(row.borrower_id, row.device_id) for row in session.execute(old)]
    if not ids:
        return None, 0
    # The device's row is the lock, as it is for whoever registers or retires it.
    rows = session.execute(
        queries.live()
        .where(tuple_(Device.borrower_id, Device.id).in_(ids))
        .order_by(Device.borrower_id, Device.id)
        .with_for_update(skip_locked=True)
    ).all()
    changed = sum(_hash_anew(session, row) for row in rows)
    return ids[-1], changed


def _hash_anew(session: Session, row: AnyRow) -> bool:
    try:
        address = queries.open_address(row.address_cipher)
    except crypto.UnreadableError:
        # Its hashes are all that tells it apart until it can be read.
        log.warning("device_not_rehashed", device_id=str(row.id))
        return False
    _forget(session, row)
    values = [("address", address), ("installation", row.installation_id)]
    _store_lookups(session, [(row.borrower_id, row.id, values)])
    return True


HASHED = (HashedTable("device_lookup", rehash),)
