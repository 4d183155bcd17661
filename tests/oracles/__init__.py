"""Every metric's definition once more: slow, obvious, exact, and sharing no code with gonogo.

Scores are compared as Python numbers and everything is counted in integers, so that a result is
the exact fraction that the definition asks for; ``None`` stands for "undefined on this data".
"""
