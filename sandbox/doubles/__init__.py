"""Doubles of the paid services: they speak the published contracts, and say that what they make is pretended."""
