"""``python -m sundown``: the same as the command ``sundown``."""

from sundown.cli import main

if __name__ == "__main__":
    main()
