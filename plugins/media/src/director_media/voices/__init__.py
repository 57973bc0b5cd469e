"""Voices without a model server: engines that the machine has, who speaks how, spoken lines."""
