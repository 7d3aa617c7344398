"""Hepatica: collects what participants of liver trials live through and keeps it fit for analysis."""
