import uuid

from nextpanel.accounts import repository as accounts
from nextpanel.accounts.errors import AccountSuspended
from nextpanel.audit import service as audit
from nextpanel.databases import repository
from nextpanel.databases.actions.settle import settle
from nextpanel.databases.actions.tools import DatabaseTools
from nextpanel.databases.errors import DatabaseBusy, DatabaseNotFound
from nextpanel.databases.models import CustomerDatabase, DatabaseStatus


async def delete_database(tools: DatabaseTools, *, account_id: uuid.UUID, database_id: uuid.UUID) -> CustomerDatabase:
    """Delete a database for good and hand its quota back; returns the row as far as it got.

    When the server or billing is away the row stays `deleting` and is finished by itself. Raises
    `DatabaseNotFound`, `DatabaseBusy`, `AccountSuspended`.
    """
    async with tools.database.transaction() as session:
        account = await accounts.get_account_or_raise(session, account_id)
        if not account.is_active:
            raise AccountSuspended(account.status_reason)
        row = await repository.get_database(session, account_id=account_id, database_id=database_id, lock=True)
        if row is None:
            raise DatabaseNotFound
        if row.status == DatabaseStatus.CREATING:
            raise DatabaseBusy
        if row.status == DatabaseStatus.DELETING:
            return row
        row.status, row.claim, row.attempts = DatabaseStatus.DELETING, uuid.uuid4(), 0
        row.due_at = tools.clock.now() + tools.lease
        audit.record(
            session,
            actor=audit.customer(account_id),
            action="database.deleted",
            account_id=account_id,
            detail={"database_id": str(row.id), "name": row.name},
        )
    await settle(tools, row)
    return row
