"""`python -m energymarket`."""

from energymarket.cli import main

if __name__ == "__main__":
    main()
