"""The years after the first sale: renewals extend the license, failed ones are told to the customer."""
