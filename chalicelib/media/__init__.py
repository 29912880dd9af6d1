"""Bytes: upload tickets, processing, playback."""
