"""The Django project: settings, addresses, errors, health, the command line."""
