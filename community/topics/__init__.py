"""Topics: what people talk about; a short list of ours in both languages, and who follows what."""
