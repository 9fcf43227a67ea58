"""`python -m quota`."""

from quota.cli import main

if __name__ == "__main__":
    main(prog_name="quota")
