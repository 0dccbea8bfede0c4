"""What a song says of itself inside the copy that is downloaded: one writer for each container.

`sheet` is what is said, `words` takes it from a track (in the server); the others write, in the child of `encode`:
`picture` the cover as PNG, `vorbis` the fields that `flac` and `ogg` (Vorbis, Opus) share, `id3` the tag of MP3,
`wav` the chunks of WAV.
"""
