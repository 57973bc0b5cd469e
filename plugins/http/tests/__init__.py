"""Tests of the HTTP plugin."""
