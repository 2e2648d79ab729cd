"""What a school keeps: roster, attempts, repetitions, corrections. Knows no camera and no HTTP."""
