"""Prints the table of keys for docs/screen.md: `PYTHONPATH=src python docs/keys.py`."""

from funnel_tui.tui.bindings import ALL_KEYS


def table() -> str:
    """Every id with its keys as `[keys]` takes them, and what it does."""
    rows = ["| id | keys | does |", "|---|---|---|"]
    rows += [f"| `{key.id}` | `{key.keys.replace(',', ', ')}` | {key.help} |" for key in ALL_KEYS]
    return "\n".join(rows)


if __name__ == "__main__":
    print(table())
