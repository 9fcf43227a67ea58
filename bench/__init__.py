"""How fast quota is, side by side with the floor of its parsers and with plain pandas."""
