"""Values to rows, colours and sentences, for screens, commands and reports alike."""
