"""Templates of the pages, by name."""

from typing import Final

_HEAD: Final = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{{ title }}</title><style>
body{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:40rem;padding:0 1rem;color:#222}
table{border-collapse:collapse;width:100%}td,th{padding:.4rem 0;border-bottom:1px solid #ddd;text-align:left}
td:last-child,th:last-child{text-align:right}button{font:inherit;padding:.5rem 1.2rem;margin-right:1rem}
.badge{background:#fde68a;padding:.1rem .5rem;border-radius:.3rem;font-size:.8rem}
</style></head><body><p><span class="badge">sandbox</span></p>"""

TEMPLATES: Final = {
    "invoice": "{% set title = 'Invoice ' ~ invoice.number %}"
    + _HEAD
    + """<h1>Invoice {{ invoice.number }}</h1>
<p>{{ invoice.customer_name or "" }} {{ invoice.customer_email or "" }}<br>Issued {{
invoice.effective_at|day }}</p> <table><tr><th>Description</th><th>Amount</th></tr>
{% for line in invoice["lines"] %}<tr><td>{{ line.description or "" }}</td>
<td>{{ line.amount|money(invoice.currency) }}</td></tr>{% endfor %}
<tr><th>Total</th><th>{{ invoice.total|money(invoice.currency) }}</th></tr></table>
<p>Status: <strong>{{ invoice.status }}</strong></p>
<p><a href="{{ invoice.invoice_pdf }}">Download PDF</a></p></body></html>""",
    "challenge": "{% set title = 'Confirm it is you' %}"
    + _HEAD
    + """<h1>Your bank asks: is this you?</h1>
{% if intent.amount %}<p>Payment of {{ intent.amount|money(intent.currency) }}.</p>{% endif %}
{% if intent.status == "requires_action" %}<form method="post">
<input type="hidden" name="client_secret" value="{{ secret }}">
<button formaction="{{ intent.id }}/complete">Complete authentication</button>
<button formaction="{{ intent.id }}/fail">Fail authentication</button></form>
{% else %}<p>Nothing to confirm: the intent is {{ intent.status }}.</p>{% endif %}</body></html>""",
    "done": "{% set title = 'Done' %}"
    + _HEAD
    + """<h1>Done</h1><p>The intent is {{ intent.status }}. You can close this page.</p></body></html>""",
}
