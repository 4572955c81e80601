"""Taking money: the states of an intent, what a test card answers, what that means for an invoice and its
subscription.
"""
