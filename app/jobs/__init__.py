"""Long work in processes of its own: it outlives the page and the app that asked for it."""
