// mood
