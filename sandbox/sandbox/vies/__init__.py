"""VIES, the European Commission's register of VAT numbers, on its REST API.

Every well-formed number of a member state is in use unless the admin API says otherwise. Germany and Spain keep names
to themselves, as they do live. A consultation number is given only to whoever says who asks.
"""
