"""The reference of bench.submit_rate: the smallest Gradio app with a queue. Run by its own environment, not by ours."""

import sys
import time

import gradio


def make(prompt: str) -> str:
    """A song that never ends: what is measured is the line before it."""
    time.sleep(86_400)
    return prompt


with gradio.Blocks() as app:
    prompt = gradio.Textbox()
    song = gradio.Textbox()
    gradio.Button("Make it").click(make, prompt, song)

app.queue(max_size=None, default_concurrency_limit=1).launch(
    server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True, show_error=False
)
