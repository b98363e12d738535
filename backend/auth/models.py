"""Machine clients of the interface."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base


class ApiClient(Base):
    """The lender's core system, or another machine of the lender's."""

    __tablename__ = "api_client"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
