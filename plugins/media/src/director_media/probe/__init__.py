"""The probe: what a file from outside really is."""
