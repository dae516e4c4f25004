"""The portal beside datasette and roapi: data, questions, load (clients), and the run itself."""
