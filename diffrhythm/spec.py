"""What the model is made for: numbers with their units and where they come from."""

from __future__ import annotations

SAMPLE_RATE = 44_100  # samples a second, two channels
SAMPLES_PER_FRAME = 2_048  # the autoencoder's stride: 2 · 4 · 4 · 8 · 8
FRAMES_PER_SECOND = SAMPLE_RATE / SAMPLES_PER_FRAME  # 21.5; one frame is 46 ms
LATENT_CHANNELS = 64  # numbers in one frame of a latent
