"""pygal, and nothing that it leaves behind."""

import sys

import pygal

__all__ = ["pygal"]

# It looks for plug-ins of its own at every import of the process, in a way that Python has given
# up; we use none of them.
sys.meta_path[:] = [each for each in sys.meta_path if type(each).__name__ != "PluginImportFixer"]
