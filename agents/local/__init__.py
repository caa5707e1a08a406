"""A chat model in this process: loaded once, run by one thread, heard by many."""
