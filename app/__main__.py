"""`python -m app`, the same as `hepatica`."""

from app.cli import main

if __name__ == "__main__":
    main(prog_name="hepatica")
