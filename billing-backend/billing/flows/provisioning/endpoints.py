"""Provisioning by hand: staff give a license its account when the purchase could not."""

from typing import Annotated

from fastapi import APIRouter, Depends

from billing.accounts.dependencies import Principal, require
from billing.accounts.permissions import Permission
from billing.audit.service import record
from billing.flows.provisioning.provision_license import Claimed, EntitlementsMismatch, provision_license
from billing.flows.provisioning.schemas import ProvisionIn, ProvisionOut
from billing.kit.container import provided
from billing.kit.crypto import Vault
from billing.kit.db import Database, Subject
from billing.licenses.errors import LicenseNotFound, LicenseStateConflict
from billing.panels.errors import PanelAccountNotReady, PanelRefused, PanelUnavailable, problem_of
from billing.panels.ports import PanelError, PanelGateway
from service_kit.clock import Clock
from service_kit.errors import Forbidden, Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/nextpanel", tags=["provisioning"])


@router.post(
    "/provision",
    responses=responses(
        Unauthenticated,
        Forbidden,
        LicenseNotFound,
        LicenseStateConflict,
        EntitlementsMismatch,
        PanelRefused,
        PanelAccountNotReady,
        PanelUnavailable,
    ),
)
async def provision(
    body: ProvisionIn,
    principal: Annotated[Principal, Depends(require(Permission.PROVISION_WRITE))],
    database: Annotated[Database, Depends(provided(Database))],
    gateway: Annotated[PanelGateway, Depends(provided(PanelGateway))],
    vault: Annotated[Vault, Depends(provided(Vault))],
    clock: Annotated[Clock, Depends(provided(Clock))],
) -> ProvisionOut:
    """Create the panel account of a license, or return the one it has. Needs `provision:write`."""
    try:
        account = await provision_license(
            database,
            gateway,
            vault,
            clock,
            license_id=body.license_id,
            user_email=body.user_email,
            claimed=Claimed(body.plan, dict(body.features) if body.features is not None else None),
        )
    except PanelError as error:
        raise problem_of(error) from error
    if account.nextpanel_account_id is None or account.login_url is None:
        raise PanelAccountNotReady(extra={"account_status": account.status})
    async with database.transaction(Subject.staff(principal.user_id)) as session:
        await record(
            session,
            actor_user_id=principal.user_id,
            action="license.provisioned",
            object_type="license",
            object_id=body.license_id,
            after={"nextpanel_account_id": account.nextpanel_account_id},
        )
    return ProvisionOut(nextpanel_account_id=account.nextpanel_account_id, login_url=account.login_url)
