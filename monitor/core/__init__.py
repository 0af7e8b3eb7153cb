"""What is thought and decided, purely: no I/O, no clock, no ORM, no configuration reading."""
