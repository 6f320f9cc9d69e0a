"""What runs only in the drawing process. Coordinates are pixels from the lower left corner."""
