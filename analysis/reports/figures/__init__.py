"""Figures as SVG elements."""
