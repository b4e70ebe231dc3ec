"""From evidence to charts, HTML and PDF."""
