"""Lists as files for staff: who took which one is on record before the first row leaves."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from sqlalchemy.orm import InstrumentedAttribute

from billing.accounts.authentication import Principal
from billing.accounts.dependencies import StaffPrincipal
from billing.audit.service import record
from billing.kit.container import provided
from billing.kit.csv_export import csv_response
from billing.kit.db import Database, Subject
from billing.kit.listing import AnySelect


@dataclass(frozen=True, slots=True)
class Export:
    """Writes files on behalf of the member of staff who asks."""

    database: Database
    principal: Principal

    async def csv(
        self, name: str, model: type[BaseModel], statement: AnySelect, key: InstrumentedAttribute[Any]
    ) -> StreamingResponse:
        """Return the whole list as a file, newest first."""
        subject = Subject.staff(self.principal.user_id)
        async with self.database.transaction(subject) as session:
            await record(
                session,
                actor_user_id=self.principal.user_id,
                action="list.exported",
                object_type="list",
                object_id=name,
            )
        return csv_response(self.database, subject, model, statement.order_by(key.desc()), name=name)


async def _export(principal: StaffPrincipal, database: Annotated[Database, Depends(provided(Database))]) -> Export:
    return Export(database, principal)


StaffExport = Annotated[Export, Depends(_export)]
