"""``python -m gonogo``."""

from gonogo.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
