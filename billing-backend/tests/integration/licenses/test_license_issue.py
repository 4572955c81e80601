"""Issuing: once per order item, and nothing readable is left behind."""

import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from billing.kit.container import Container
from billing.kit.crypto import BlindIndex, Vault
from billing.kit.db import Database, Subject
from billing.licenses.actions import lifecycle
from billing.licenses.actions.issue import IssuedLicense, issue_license
from billing.licenses.entitlements import Entitlements
from billing.licenses.errors import EntitlementsBelowUsage
from billing.licenses.models import License, LicenseStatus, Resource, UsageCounter
from billing.licenses.tasks import sweep
from service_kit.clock import FixedClock
from service_kit.ids import uuid7
from testkit.binaries import postgres_bin
from tests.conftest import Cluster
from tests.factories_licenses import MONTH, Person, make_caller, make_key, make_license, make_person, make_plan
