"""The pages that people touch."""
