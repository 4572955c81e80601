"""What every NextPanel service needs and neither product owns.

errors and problem documents, ids, clock, text fields, settings, database base and engine, JSON logs, metrics,
HTTP middleware and health endpoints. It knows no domain
words: anything about money, licenses or hosting lives in a product.
"""
