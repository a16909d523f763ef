"""How Sundown's processes use Kopf: its settings, its credentials, its end, and what it need not remember."""
