"""The runs that workers do: asked for, claimed, tried again, given up."""
