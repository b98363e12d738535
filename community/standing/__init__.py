"""Who she is here, and all that was decided about her: one page of her own."""
