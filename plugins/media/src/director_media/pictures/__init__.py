"""Nodes that make pictures of pictures: transition, upscale, composite, still and sequence."""
