"""A published study run again from its protocol, unattended: from images to the report."""
