"""What `diembao drift` reads, and how it says what it found."""
