"""Who did what to which thing, and what it was before. Rows are only ever added."""
