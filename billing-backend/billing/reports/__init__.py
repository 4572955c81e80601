"""Figures for staff out of the ledger and the subscriptions' history; docs/reports.md defines each."""
