"""The command line. Local verbs work on a data folder, remote ones (noun, then verb) speak the API over HTTP."""
