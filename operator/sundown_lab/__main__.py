"""``python -m sundown_lab``: the same as the command ``sundown-lab``."""

from sundown_lab.cli import main

if __name__ == "__main__":
    main()
