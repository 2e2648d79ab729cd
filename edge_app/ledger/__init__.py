"""A school's records: roster, attempts, repetitions, corrections. No camera and no HTTP here."""
