"""What a venue knows: its stops and their texts in every language, and who stands behind each of them."""
