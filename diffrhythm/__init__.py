"""DiffRhythm as a library: knows nothing of the web app. Importing it does not import torch."""
