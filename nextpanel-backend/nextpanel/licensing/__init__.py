"""The gate: billing is asked before anything that a license limits is created."""
