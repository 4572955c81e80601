"""One statement per customer and period: what was billed, credited, paid and given back."""
