"""Six made-up exports of one quarter in one organisation, and the script that writes them."""
