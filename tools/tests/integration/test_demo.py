"""The whole story on a stack of its own: both products, the sandbox, PostgreSQL and Redis, driven over HTTP only."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from stack import leftovers
from support import free_offset

TOOLS = Path(__file__).resolve().parents[2]


def test_make_demo_exit_tells_the_story_and_leaves_its_facts(tmp_path: Path) -> None:
    state = tmp_path / "state"
    environment = {**os.environ, "PYTHONPATH": str(TOOLS), "PORT_OFFSET": str(free_offset())}
    command = [sys.executable, "-m", "demo", "--exit", "--state", str(state)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert leftovers.find(state) == []

    facts = json.loads((state / "demo.json").read_text())
    assert facts["order_status"] == "fulfilled"
    assert {step["kind"] for step in facts["steps"]} == {
        "issue_license",
        "provision_account",
        "register_domain",
        "dns_zone",
        "welcome_mail",
    }
    assert {step["status"] for step in facts["steps"]} == {"done"}
    assert facts["quota_remaining"] == 0
    assert facts["refused_code"] == "QUOTA_EXCEEDED"
    assert len(facts["license_last4"]) == 4
    assert facts["domain"].endswith(".com")
    assert facts["panel_account_id"]
    assert len([mail for mail in facts["mails"] if "license is ready" in mail["subject"]]) == 1
    assert f"license NP-····-····-{facts['license_last4']}" in done.stdout
    assert facts["database"] in done.stdout
    check_later(facts, done.stdout)


def check_later(facts: dict[str, Any], told: str) -> None:
    """The license moved on to the bigger plan, and into the next year."""
    upgrade, renewal = facts["upgrade"], facts["renewal"]
    assert (upgrade["from_plan"], upgrade["to_plan"], upgrade["status"]) == ("starter", "professional", "applied")
    assert upgrade["summary"] in told
    assert 0 < upgrade["today_amount"] < upgrade["next_amount"]
    assert upgrade["panel_databases"] == upgrade["databases_after"] > upgrade["databases_before"]
    assert upgrade["quota_remaining"] == upgrade["databases_after"] - 6
    assert renewal["invoice_status"] == "paid"
    assert renewal["total_amount"] == upgrade["next_amount"]
    assert renewal["expiry_before"] == upgrade["next_at"] < renewal["expiry_after"]
    assert renewal["invoice_number"] in renewal["attachment"]
    assert renewal["mail_subject"] in {mail["subject"] for mail in facts["mails"]}
