"""What a session in a class is made of, whichever side it is on."""
