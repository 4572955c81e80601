"""The SMTP stand-in: takes mail for anybody and keeps it in the store, to be read on the web page or as JSON.

Faults (vendor `smtp`, fact `recipient`): at operation `rcpt` the kinds `temporary_refusal` (451) and
`permanent_refusal` (550); at operation `data` those two, and `drop_after_data`: the mail is kept, then the
connection is cut without a word. `slow` waits `seconds` at either.
"""
