from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from nextpanel.kit.db import Base
from service_kit.db import Timestamp


class SpentToken(Base):
    """The id of a billing token that was used, kept until the token would have expired anyway."""

    __tablename__ = "spent_tokens"
    __table_args__ = (Index(None, "expires_at"),)

    jti: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[Timestamp]
