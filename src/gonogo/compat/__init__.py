"""Drop-ins for functions of systems that people come from: their names and arguments.

One module for each system; import it by its name, for example ``gonogo.compat.patchcore``.
"""

__all__: list[str] = []
