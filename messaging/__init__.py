"""How a text travels: outbox, inbox, gateways, receipts, opt-outs. Knows nothing of patients or questions."""
