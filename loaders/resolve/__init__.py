"""Who is who: mentions in, clusters out."""
