"""The bus: what the processes of a class tell each other, as it happens. Nothing is kept in it."""
