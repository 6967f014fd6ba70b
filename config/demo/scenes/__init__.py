"""Letting the acts of the plan happen, each through the action that a person would use."""
