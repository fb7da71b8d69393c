"""What the program is measured against: the same figures, from the same facts, by other means."""
