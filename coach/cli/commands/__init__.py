"""The commands, a module each; `cli/catalogue` has the table of them."""
