"""The Namecheap stand-in: XML API at `/namecheap/xml.response`, state in the shared store, time from the virtual clock.

Names whose label starts with `taken` belong to somebody else, with `premium` are premium names, with `early` are in an
early access phase, with `unreachable` make the registry fail. All other names are free until they are registered here.

Faults beside the shared kinds (vendor `namecheap`, operation without the `namecheap.` prefix, fact `domain`):
`rate_limit` `html_403` `html_503` `drop` `junk_error` `error` (options number, text) `insufficient_funds` happen
instead of the work; `error_after_commit` (options number, text) `html_after_commit` `truncated` follow it; for
`domains.create` also `not_registered`, `non_realtime` (pending for `seconds`), `sniped` (somebody else is quicker).
"""
