"""Credit notes: what a finalized invoice is reduced by, before or after it was paid."""
