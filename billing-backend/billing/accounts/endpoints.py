"""All routes of accounts, for the application to include."""

from fastapi import APIRouter

from billing.accounts import endpoints_own, endpoints_public

router = APIRouter()
router.include_router(endpoints_public.router)
router.include_router(endpoints_own.router)
jwks_router = endpoints_public.keys_router
